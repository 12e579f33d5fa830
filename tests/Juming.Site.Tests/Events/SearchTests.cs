using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Query;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class SearchTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private string _folder = "";
    private DuckEventStore _store = null!;
    private DuckSearch _search = null!;

    [OneTimeSetUp]
    public async Task Fill()
    {
        _folder = Directory.CreateTempSubdirectory("juming-search").FullName;
        _store = new DuckEventStore(new TierContext(Tiers.Site, _folder), new EventStoreSettings { SegmentRows = 10_000 }, TimeProvider.System, NullLogger<DuckEventStore>.Instance);
        for (var b = 0; b < 3; b++)
        {
            var batch = new EventBatch(10_000);
            for (var i = 0; i < 10_000; i++)
            {
                var n = (b * 10_000) + i;
                batch.Begin(Encoding.UTF8.GetBytes($"line {n} Failed password 口令错误 50%_done"), Micros(Start.AddSeconds(n)), 3, n + 1);
                batch.Add(Field.SourceIp, Encoding.ASCII.GetBytes($"10.{n % 4}.{n % 250}.7"));
                batch.Add(Field.DestinationPort, n % 2000);
                batch.Add(Field.UserName, n % 2 == 0 ? "Root"u8 : "alice"u8);
                batch.Add(FieldNames.Intern("vendor.zone"), n % 5 == 0 ? "Trust"u8 : "untrust"u8);
            }
            await _store.Append(batch, new BatchCommit(), CancellationToken.None);
        }
        _search = new DuckSearch(_store);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _store.Dispose();
        Directory.Delete(_folder, true);
    }

    [TestCase("", 30_000)]
    [TestCase("source.ip:10.1.0.0/16", 7_500)]
    [TestCase("source.ip:10.1.1.7", 60)]
    [TestCase("user.name:root", 15_000)]
    [TestCase("user.name:ROOT", 15_000)]
    [TestCase("not user.name:root", 15_000)]
    [TestCase("user.name:r*t", 15_000)]
    [TestCase("destination.port:[0 TO 9]", 150)]
    [TestCase("destination.port:>=1990", 150)]
    [TestCase("destination.port<10", 150)]
    [TestCase("vendor.zone:trust", 6_000)]
    [TestCase("vendor.zone:*", 30_000)]
    [TestCase("vendor.zone:un*", 24_000)]
    [TestCase("no.such.field:x", 0)]
    [TestCase("no.such.field:*", 0)]
    [TestCase("\"line 123 \"", 1)]
    [TestCase("FAILED password", 30_000)]
    [TestCase("口令错误", 30_000)]
    [TestCase("\"50%_done\"", 30_000)]
    [TestCase("\"50x_done\"", 0)]
    [TestCase("\"f.iled p.ssword\"", 0)]
    [TestCase("\"(password|done)[^x]{1,9}\"", 0)]
    [TestCase("\"PASSWORD 口令错误 50%_DONE\"", 30_000)]
    [TestCase("(user.name:root or user.name:alice) and destination.port:5", 15)]
    [TestCase("（user.name：root） && ！destination.port:4", 14_985)]
    [TestCase("'; DROP TABLE events; --", 0)]
    [TestCase("user.name:\"' OR 1=1 --\"", 0)]
    public async Task A_query_finds_what_it_says(string query, int count)
    {
        var steps = await _search.Histogram(Request(query), 50, CancellationToken.None);
        Assert.That(steps.Sum(s => s.Count), Is.EqualTo(count));
    }

    [Test]
    public async Task Pages_follow_each_other_newest_first_over_segments_without_gap_or_repeat()
    {
        var seen = new List<DateTimeOffset>();
        string? cursor = null;
        do
        {
            string? next = null;
            await foreach (var chunk in _search.Search(Request("destination.port:[0 TO 99]") with { Limit = 400, Cursor = cursor }, CancellationToken.None))
            {
                seen.AddRange(chunk.Events.Select(e => e.Time));
                next = chunk.Cursor;
            }
            cursor = next;
        }
        while (cursor is not null);
        Assert.Multiple(() =>
        {
            Assert.That(seen, Has.Count.EqualTo(1500));
            Assert.That(seen, Is.Ordered.Descending);
            Assert.That(seen.Distinct().Count(), Is.EqualTo(1500));
        });
    }

    [Test]
    public async Task An_event_is_found_by_its_id_with_all_fields()
    {
        EventView? first = null;
        await foreach (var chunk in _search.Search(Request("\"line 42 \"") with { Limit = 1 }, CancellationToken.None)) first ??= chunk.Events.FirstOrDefault();
        var again = await _search.Get(first!.Id, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(again!.Raw, Does.StartWith("line 42 "));
            Assert.That(again.Fields["source.ip"], Is.EqualTo("10.2.42.7"));
            Assert.That(again.Fields["vendor.zone"], Is.EqualTo("untrust"));
            Assert.That(again.Fields["destination.port"], Is.EqualTo("42"));
        });
    }

    [Test]
    public async Task Facets_count_the_most_frequent_values()
    {
        var users = await _search.Facet(Request("vendor.zone:trust"), "user.name", 5, CancellationToken.None);
        Assert.That(users, Is.EqualTo(new[] { new FacetValue("Root", 3000), new FacetValue("alice", 3000) }));
    }

    [TestCase("(a", "query.bracket-open", 0)]
    [TestCase("a)", "query.unexpected", 1)]
    [TestCase("a and", "query.unexpected", 5)]
    [TestCase("\"open", "query.quote-open", 0)]
    [TestCase("port:[1 TO", "query.range-open", 5)]
    [TestCase("port:[1,2]", "query.range", 5)]
    [TestCase("port:>x", "query.not-a-number", 5)]
    [TestCase("user.name:", "query.no-value", 0)]
    public void A_wrong_query_is_refused_at_its_place(string query, string code, int position)
    {
        var refusal = Assert.Throws<QueryException>(() => QueryParser.Parse(query))!;
        Assert.Multiple(() =>
        {
            Assert.That(refusal.Code, Is.EqualTo(code));
            Assert.That(refusal.Position, Is.EqualTo(position));
        });
    }

    [Test]
    public void Deep_long_and_endless_queries_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.Throws<QueryException>(() => QueryParser.Parse(new string('(', 500) + "a" + new string(')', 500)));
            Assert.Throws<QueryException>(() => QueryParser.Parse(string.Concat(Enumerable.Repeat("not ", 500)) + "a"));
            Assert.Throws<QueryException>(() => QueryParser.Parse(new string('a', 100_000)));
            Assert.Throws<QueryException>(() => QueryParser.Parse(string.Join(" or ", Enumerable.Range(0, 500).Select(i => "a" + i))));
        });
    }

    [Test]
    public void Any_text_is_a_query_or_a_clear_refusal()
    {
        var random = new Random(3);
        const string letters = "ab:()\"[]<>=!&|*?\\ /.0TO1\u00e9口（）：";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => letters[random.Next(letters.Length)]));
            try
            {
                QuerySql.Of(QueryParser.Parse(text));
            }
            catch (QueryException e)
            {
                Assert.That(e.Position, Is.InRange(0, text.Length), text);
            }
        }
    }

    [Test]
    public void A_stopped_search_ends()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.CatchAsync<OperationCanceledException>(async () => await _search.Histogram(Request("line"), 10, stop.Token));
    }

    private static SearchRequest Request(string query) => new(query, Start.AddDays(-1), Start.AddDays(2));

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
}
