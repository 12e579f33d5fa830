using System.Text;
using System.Text.Json;
using Juming.Site.Events.Export;
using Juming.Site.Events.Saved;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class ExportTests
{
    private RunningTier _tier = null!;

    [SetUp]
    public async Task Fill()
    {
        _tier = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Events:ExportRows"] = "20" });
        using var client = await _tier.WithToken("collection.write", "collection.send");
        var lines = string.Join('\n', Enumerable.Range(0, 25).Select(i => JsonSerializer.Serialize(new { message = i == 24 ? "=HYPERLINK(\"http://x\")" : $"line {i}" })));
        using var sent = await client.PostAsync("/api/collection/events", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));
        Assert.That((int)sent.StatusCode, Is.EqualTo(200), await sent.Content.ReadAsStringAsync());
    }

    [TearDown]
    public async Task Stop() => await _tier.DisposeAsync();

    [Test]
    public async Task More_rows_than_the_cap_are_cut_and_the_export_says_so()
    {
        var export = await Finished("", "ndjson");
        Assert.That((export.State, export.Rows, export.Cut), Is.EqualTo(("Done", 20L, true)));
        var file = (await _tier.Send(new OpenExport(export.Id))).Value;
        Assert.That(file.Name, Does.Contain("newest-20"));
        Assert.That(await File.ReadAllLinesAsync(file.Path), Has.Length.EqualTo(20));
    }

    [Test]
    public async Task A_whole_result_is_not_called_cut_and_no_cell_runs_as_a_formula()
    {
        var export = await Finished("HYPERLINK", "csv");
        Assert.That((export.State, export.Rows, export.Cut), Is.EqualTo(("Done", 1L, false)));
        var text = await File.ReadAllTextAsync((await _tier.Send(new OpenExport(export.Id))).Value.Path);
        Assert.That(text, Does.Contain("\"'=HYPERLINK(\"\"http://x\"\")\""));
    }

    [Test]
    public async Task A_query_that_can_not_be_read_starts_nothing()
    {
        var refused = await _tier.Send(new BeginExport("source.ip:", DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow(), "csv"));
        Assert.That(refused.Error?.Code, Is.EqualTo("events.bad-query"));
        Assert.That((await _tier.Send(new ListExports())).Value, Is.Empty);
    }

    [Test]
    public async Task A_kept_search_of_the_same_name_is_overwritten_and_forgotten_once()
    {
        await _tier.Send(new SaveSearch("mine", "a", "2026-11-20T00:00:00Z", false, "2026-11-21T00:00:00Z", "received"));
        Assert.That((await _tier.Send(new ListSearches())).Value.Select(s => (s.Until, s.Time)), Is.EqualTo(new[] { ("2026-11-21T00:00:00Z", "received") }));
        var again = (await _tier.Send(new SaveSearch("mine", "b", "now-7d", true))).Value;
        var all = (await _tier.Send(new ListSearches())).Value;
        Assert.That(all.Select(s => (s.Query, s.Span, s.Shared)), Is.EqualTo(new[] { ("b", "now-7d", true) }));
        Assert.That((await _tier.Send(new ForgetSearch(again.Id))).Succeeded, Is.True);
        Assert.That((await _tier.Send(new ForgetSearch(again.Id))).Error?.Code, Is.EqualTo("events.no-such-search"));
    }

    [Test]
    public async Task Events_of_a_wrong_clock_are_found_and_exported_by_receipt()
    {
        using var sender = await _tier.WithToken("collection.write", "collection.send");
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent("""{"@timestamp":"1999-01-01T00:00:00Z","message":"stray clock"}""", Encoding.UTF8, "application/x-ndjson"));
        Assert.That((int)sent.StatusCode, Is.EqualTo(200), await sent.Content.ReadAsStringAsync());
        using var reader = await _tier.WithToken("events.read");
        async Task<int> Found(string time) => JsonDocument.Parse(await reader.GetStringAsync("/api/events/search?query=stray" + time)).RootElement.GetProperty("events").GetArrayLength();
        Assert.Multiple(async () =>
        {
            Assert.That(await Found(""), Is.Zero);
            Assert.That(await Found("&time=event"), Is.Zero);
            Assert.That(await Found("&time=received"), Is.EqualTo(1));
            using var wrong = await reader.GetAsync(new Uri("/api/events/search?time=moon", UriKind.Relative));
            Assert.That((int)wrong.StatusCode, Is.EqualTo(400));
            Assert.That((await Finished("stray", "csv", "received", 1)).Rows, Is.EqualTo(1));
            Assert.That((await Finished("stray", "csv", "event", 1)).Rows, Is.Zero);
        });
        var now = TimeProvider.System.GetUtcNow();
        var counted = (await _tier.Send(new Site.Events.Find.SummariseEvents("stray", now.AddHours(-1), now.AddMinutes(1), []))).Value;
        Assert.That((counted.Total, counted.DatedElsewhere), Is.EqualTo((0L, 1L)));
    }

    [Test]
    public async Task Values_are_offered_as_they_begin()
    {
        using var sender = await _tier.WithToken("collection.write", "collection.send");
        var users = new[] { "alice", "alice", "Albert", "bob", "a*b", "a?b \"c\")" };
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent(string.Join('\n', users.Select(u => JsonSerializer.Serialize(new { user = new { name = u } }))), Encoding.UTF8, "application/x-ndjson"));
        Assert.That((int)sent.StatusCode, Is.EqualTo(200), await sent.Content.ReadAsStringAsync());
        using var reader = await _tier.WithToken("events.read");
        async Task<string> Offered(string begin) =>
            string.Join('|', JsonDocument.Parse(await reader.GetStringAsync("/api/events/values?field=user.name&begin=" + Uri.EscapeDataString(begin))).RootElement.EnumerateArray().Select(v => v.GetProperty("value").GetString()));
        Assert.Multiple(async () =>
        {
            Assert.That(await Offered("al"), Is.EqualTo("alice|Albert"));
            Assert.That(await Offered("a*"), Is.EqualTo("a*b"));
            Assert.That(await Offered("a?b \"c"), Is.EqualTo("a?b \"c\")"));
            Assert.That(await Offered("\") or *"), Is.Empty);
            Assert.That((await Offered("")).Split('|'), Has.Length.EqualTo(5));
            using var nameless = await reader.GetAsync(new Uri("/api/events/values?field=", UriKind.Relative));
            Assert.That((int)nameless.StatusCode, Is.EqualTo(400));
        });
    }

    private async Task<ExportLine> Finished(string query, string format, string time = "event", int hours = 0)
    {
        var now = TimeProvider.System.GetUtcNow();
        var begun = await _tier.Send(new BeginExport(query, hours == 0 ? DateTimeOffset.UnixEpoch : now.AddHours(-hours), now, format, time));
        for (var i = 0; i < 100; i++)
        {
            var line = (await _tier.Send(new ListExports())).Value.Single(e => e.Id == begun.Value.Id);
            if (line.State is not ("Waiting" or "Running")) return line;
            await Task.Delay(50);
        }
        throw new TimeoutException();
    }
}
