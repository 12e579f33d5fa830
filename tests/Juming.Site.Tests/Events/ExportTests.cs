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
        await _tier.Send(new SaveSearch("mine", "a", "now-1h", false));
        var again = (await _tier.Send(new SaveSearch("mine", "b", "now-7d", true))).Value;
        var all = (await _tier.Send(new ListSearches())).Value;
        Assert.That(all.Select(s => (s.Query, s.Span, s.Shared)), Is.EqualTo(new[] { ("b", "now-7d", true) }));
        Assert.That((await _tier.Send(new ForgetSearch(again.Id))).Succeeded, Is.True);
        Assert.That((await _tier.Send(new ForgetSearch(again.Id))).Error?.Code, Is.EqualTo("events.no-such-search"));
    }

    private async Task<ExportLine> Finished(string query, string format)
    {
        var begun = await _tier.Send(new BeginExport(query, DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow(), format));
        for (var i = 0; i < 100; i++)
        {
            var line = (await _tier.Send(new ListExports())).Value.Single(e => e.Id == begun.Value.Id);
            if (line.State is not ("Waiting" or "Running")) return line;
            await Task.Delay(50);
        }
        throw new TimeoutException();
    }
}
