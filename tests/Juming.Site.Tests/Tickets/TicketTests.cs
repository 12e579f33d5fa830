using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Tickets;

/// <summary>Tickets over HTTP.</summary>
[Category("S3.2")]
internal sealed class TicketTests
{
    private readonly ShiftedClock _clock = new();
    private RunningTier _site = null!;
    private HttpClient _client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await RunningTier.Start("site", services: s => s.AddSingleton(new Site.Collection.CollectionSettings { Udp = [], Tcp = [] }).AddSingleton<TimeProvider>(_clock));
        _client = await _site.WithToken("tickets.read", "tickets.write");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _site.DisposeAsync();
    }

    private async Task<JsonElement> Open(object body)
    {
        using var answer = await _client.PostAsJsonAsync("/api/tickets", body);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> Read(string ticket) => _client.GetFromJsonAsync<JsonElement>("/api/tickets/" + ticket);

    private async Task<string> Change(Guid id, object body)
    {
        using var answer = await _client.PatchAsJsonAsync("/api/tickets/" + id, body);
        return answer.IsSuccessStatusCode ? "" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
    }

    [Test]
    public async Task A_ticket_goes_from_hand_to_hand_and_keeps_its_story()
    {
        using var worker = await _site.SignIn(Role.Analyst);
        var opened = await Open(new { title = "Patch <b>web01</b>", details = "two\nlines", priority = "High", incident = "INC-2026-0001" });
        var (id, number) = (opened.GetProperty("id").GetGuid(), opened.GetProperty("number").GetString()!);
        Assert.That(number, Does.Match("^TCK-[0-9]{4}-[0-9]{4}$"));
        Assert.That(await Change(id, new { version = 1, assignee = "nobody-here" }), Is.EqualTo("tickets.no-such-person"));
        Assert.That(await Change(id, new { version = 1, state = "Started", note = "looked at it" }), Is.Empty);
        Assert.That(await Change(id, new { version = 1, state = "Done" }), Is.EqualTo("tickets.changed-meanwhile"));
        Assert.That(await Change(id, new { version = 2, state = "Done" }), Is.Empty);
        Assert.That(await Change(id, new { version = 3, state = "Started" }), Is.EqualTo("tickets.no-such-move"));
        Assert.That(await Change(id, new { version = 3, state = "Open" }), Is.Empty);
        var found = await Read(number.ToLowerInvariant());
        Assert.That(found.GetProperty("notes").EnumerateArray().Select(n => n.GetProperty("kind").GetString() + ":" + n.GetProperty("text").GetString()), Is.EqualTo(new[] { "state:Started", "note:looked at it", "state:Done", "state:Open" }));
        Assert.That(found.GetProperty("brief").GetProperty("title").GetString(), Is.EqualTo("Patch <b>web01</b>"));
    }

    [Test]
    public async Task What_is_late_is_told_apart_and_a_text_finds_it()
    {
        var opened = await Open(new { title = "Late_one 100%", dueAt = _clock.GetUtcNow().AddHours(1) });
        var number = opened.GetProperty("number").GetString()!;
        async Task<string[]> Find(string query) => [.. (await _client.GetFromJsonAsync<JsonElement>("/api/tickets" + query)).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetString()!)];
        Assert.That(await Find("?view=Overdue"), Does.Not.Contain(number));
        _clock.Shift += TimeSpan.FromHours(2);
        Assert.That(await Find("?view=Overdue"), Does.Contain(number));
        Assert.That(await Find("?text=" + number), Is.EqualTo(new[] { number }));
        Assert.That(await Find("?text=" + Uri.EscapeDataString("late_one 100%")), Is.EqualTo(new[] { number }));
        Assert.That(await Find("?text=" + Uri.EscapeDataString("late%one")), Is.Empty);
        Assert.That(await Change(opened.GetProperty("id").GetGuid(), new { version = 1, state = "Cancelled" }), Is.Empty);
        Assert.That((await Find("?view=Overdue"), (await Find("?view=Closed")).Contains(number)), Is.EqualTo((Array.Empty<string>(), true)));
    }

    [Test]
    public async Task Many_at_once_get_numbers_of_their_own()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Open(new { title = "t" + i })));
        Assert.That(opened.Select(o => o.GetProperty("number").GetString()).Distinct().Count(), Is.EqualTo(12));
    }

    [Test]
    public async Task Of_many_changes_on_one_version_one_is_taken_and_notes_all_are()
    {
        var id = (await Open(new { title = "raced" })).GetProperty("id").GetGuid();
        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Change(id, new { version = 1, priority = "High" })));
        Assert.That((codes.Count(c => c.Length == 0), codes.Count(c => c == "tickets.changed-meanwhile")), Is.EqualTo((1, 7)));
        var notes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Change(id, new { version = 1, note = "n" + i })));
        Assert.That(notes, Is.All.Empty);
        Assert.That((await Read(id.ToString())).GetProperty("notes").GetArrayLength(), Is.EqualTo(8));
    }

    [TestCase("{}")]
    [TestCase("{\"title\":\"\"}")]
    [TestCase("{\"title\":\"a\\nb\"}")]
    [TestCase("{\"title\":\"a\",\"priority\":\"Huge\"}")]
    [TestCase("{\"title\":\"a\",\"dueAt\":\"2001-01-01T00:00:00Z\"}")]
    [TestCase("{\"title\":\"a\",\"assignee\":\"nobody-here\"}")]
    [TestCase("[]")]
    public async Task What_is_no_ticket_is_refused(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync("/api/tickets", content);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("TCK-2026-99999999999")]
    [TestCase("TCK-2026-0")]
    [TestCase("x' or 1=1")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    public async Task What_is_not_there_is_said_not_to_be(string ticket)
    {
        using var answer = await _client.GetAsync("/api/tickets/" + Uri.EscapeDataString(ticket));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}
