using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Watching;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Watching;

/// <summary>The watch list over HTTP, and what the rest of the site is told of it.</summary>
[Category("S3.2")]
internal sealed class WatchTests
{
    private readonly ShiftedClock _clock = new();
    private string _folder = null!;
    private RunningTier _site = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-watch-").FullName;
        await Run();
    }

    private async Task Run()
    {
        _site = await RunningTier.Start("site", _folder, new Dictionary<string, string?> { ["Modules:Watching:MostWatches"] = "4" }, s => s.AddSingleton(new Site.Collection.CollectionSettings { Udp = [], Tcp = [] }).AddSingleton<TimeProvider>(_clock));
        _client = await _site.WithToken("watching.read", "watching.write");
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _site.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    private IWatchList List => _site.Services.GetRequiredService<IWatchList>();

    private async Task<(HttpStatusCode Status, string Body)> Watch(string kind, string value, string reason = "seen before", DateTimeOffset? until = null)
    {
        using var answer = await _client.PostAsJsonAsync("/api/watching", new { kind, value, reason, until });
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement[]> Read(string query = "") => [.. (await _client.GetFromJsonAsync<JsonElement>("/api/watching" + query)).GetProperty("items").EnumerateArray()];

    [Test]
    public async Task A_watched_value_is_found_until_it_ends_by_itself_or_by_a_person_and_after_a_restart()
    {
        Assert.That((await Watch("Address", "203.0.113.7", "scanned us", _clock.GetUtcNow().AddHours(1))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Watch("Account", "CORP\\Jane.Doe")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(List.Find("203.0.113.7")?.Reason, Is.EqualTo("scanned us"));
        Assert.That(List.Find("::ffff:203.0.113.7"), Is.Not.Null, "the same address in another form");
        Assert.That(List.Find("corp\\jane.doe"), Is.Not.Null);
        Assert.That(List.Find("203.0.113.8"), Is.Null);
        await _site.DisposeAsync();
        await Run();
        Assert.That(List.Find("203.0.113.7"), Is.Not.Null, "it is kept");
        _clock.Shift += TimeSpan.FromHours(2);
        Assert.That(List.Find("203.0.113.7"), Is.Null, "it ended by itself");
        Assert.That((await Read()).Select(w => w.GetProperty("value").GetString()), Is.EqualTo(new[] { "corp\\jane.doe" }));
        Assert.That((await Read("?state=Ended")).Select(w => w.GetProperty("value").GetString()), Is.EqualTo(new[] { "203.0.113.7" }));
        var id = (await Read())[0].GetProperty("id").GetGuid();
        using var ended = await _client.PostAsync($"/api/watching/{id}/end", null);
        Assert.That(ended.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(List.Find("corp\\jane.doe"), Is.Null);
    }

    [Test]
    public async Task A_network_marks_its_addresses_and_a_value_is_watched_while_one_of_its_entries_lasts()
    {
        await Watch("Address", "198.51.100.77/24", "their net");
        Assert.That((await Read())[0].GetProperty("value").GetString(), Is.EqualTo("198.51.100.0/24"));
        Assert.That(List.Find("198.51.100.200")?.Reason, Is.EqualTo("their net"));
        await Watch("Address", "198.51.100.200", "short", _clock.GetUtcNow().AddMinutes(5));
        Assert.That(List.Find("198.51.100.200")?.Reason, Is.EqualTo("short"), "what names it itself comes first");
        _clock.Shift += TimeSpan.FromMinutes(6);
        Assert.That(List.Find("198.51.100.200")?.Reason, Is.EqualTo("their net"));
    }

    [TestCase("Address", "10.1")]
    [TestCase("Address", "0x0a000001")]
    [TestCase("Address", "010.0.0.1")]
    [TestCase("Address", "0.0.0.0/0")]
    [TestCase("Address", "10.0.0.0/7")]
    [TestCase("Address", "::/0")]
    [TestCase("Address", "10.0.0.0/33")]
    [TestCase("Address", "fe80::1%eth0")]
    [TestCase("Address", "web01")]
    [TestCase("Host", "203.0.113.7")]
    [TestCase("Host", "a b")]
    [TestCase("Host", "<script>")]
    [TestCase("Account", "a\nb")]
    [TestCase("Account", "ja\u202Ene")]
    [TestCase("Account", "")]
    public async Task What_is_no_value_of_its_kind_is_refused(string kind, string value)
    {
        Assert.That((await Watch(kind, value)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await Read(), Is.Empty);
    }

    [Test]
    public async Task The_past_the_unnamed_reason_the_full_list_and_an_older_version_are_refused()
    {
        Assert.That((await Watch("Host", "a.example", until: _clock.GetUtcNow().AddSeconds(-1))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await Watch("Host", "a.example", "")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await Watch("Host", "a.example", "two\nlines")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        for (var i = 0; i < 4; i++) Assert.That((await Watch("Host", $"h{i}.example")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Watch("Host", "h5.example")).Body, Does.Contain("watching.full"));
        var one = (await Read("?text=h0"))[0];
        var path = "/api/watching/" + one.GetProperty("id").GetGuid();
        using var first = await _client.PatchAsJsonAsync(path, new { version = 1, reason = "new reason", until = _clock.GetUtcNow().AddDays(1) });
        using var second = await _client.PatchAsJsonAsync(path, new { version = 1, reason = "older", until = (DateTimeOffset?)null });
        Assert.That((first.StatusCode, second.StatusCode), Is.EqualTo((HttpStatusCode.NoContent, HttpStatusCode.Conflict)));
        Assert.That(List.Find("h0.example")?.Reason, Is.EqualTo("new reason"));
        using var reader = await _site.WithToken("watching.read");
        using var refused = await reader.PostAsJsonAsync("/api/watching", new { kind = "Host", value = "x.example", reason = "r" });
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_text_is_looked_for_as_it_stands()
    {
        await Watch("Host", "a_b.example", "100% sure");
        await Watch("Host", "axb.example", "guess");
        Assert.That((await Read("?text=" + Uri.EscapeDataString("a_b"))).Length, Is.EqualTo(1));
        Assert.That((await Read("?text=" + Uri.EscapeDataString("100%"))).Length, Is.EqualTo(1));
        Assert.That((await Read("?text=" + Uri.EscapeDataString("\\"))).Length, Is.Zero);
        Assert.That((await Read("?kind=Account")).Length, Is.Zero);
    }
}
