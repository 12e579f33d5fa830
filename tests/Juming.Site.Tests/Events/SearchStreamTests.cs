using System.Text;
using Juming.Site.Events;
using Juming.Site.Events.Search;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class SearchStreamTests
{
    private StoreBench _bench = null!;

    [SetUp]
    public void Open() => _bench = new StoreBench();

    [TearDown]
    public void Close() => _bench.Dispose();

    [Test]
    public async Task One_segment_streams_newest_first_tells_how_far_it_is_and_a_stop_goes_on_at_its_cursor()
    {
        await _bench.Append(60_000, spread: true);
        var request = new SearchRequest("", StoreBench.Start.AddDays(-2), StoreBench.Start, 100_000);
        var whole = new List<SearchChunk>();
        await foreach (var chunk in _bench.Search.Search(request, CancellationToken.None)) whole.Add(chunk);
        Assert.Multiple(() =>
        {
            Assert.That(whole, Has.Count.GreaterThan(10));
            Assert.That(whole.Select(c => c.Events.Count), Has.All.LessThanOrEqualTo(2000), "memory does not grow with the result");
            Assert.That(whole.Select(c => c.Share), Is.Ordered);
            Assert.That(whole[0].Share, Is.LessThan(0.1));
            Assert.That(whole[^1].Share, Is.EqualTo(1));
            Assert.That(whole[^1].Cursor, Is.Null);
            Assert.That(whole.SelectMany(c => c.Events).Select(e => e.Time), Is.Ordered.Descending);
        });
        var ids = new List<Guid>();
        string? cursor = null;
        do
        {
            // Stopped after every third chunk.
            var chunks = 0;
            await foreach (var chunk in _bench.Search.Search(request with { Cursor = cursor }, CancellationToken.None))
            {
                ids.AddRange(chunk.Events.Select(e => e.Id));
                cursor = chunk.Cursor;
                if (++chunks == 3) break;
            }
        }
        while (cursor is not null);
        Assert.That(ids, Is.EqualTo(whole.SelectMany(c => c.Events).Select(e => e.Id)));
        Assert.That(ids, Has.Count.EqualTo(60_000));
    }

    [Test]
    public async Task Times_in_any_order_with_ties_and_outliers_come_in_one_exact_order_for_every_page_size()
    {
        var random = new Random(7);
        var expected = new List<long>();
        _bench.Settings.SegmentRows = 10_000;
        for (var b = 0; b < 6; b++)
        {
            var batch = new EventBatch();
            for (var i = 0; i < 4000; i++)
            {
                batch.Begin(Encoding.UTF8.GetBytes($"e {i % 3}"), StoreBench.Micros(StoreBench.Start));
                batch.Current.Time = i switch
                {
                    0 => StoreBench.Micros(StoreBench.Start.AddYears(70)),
                    1 => 0,
                    _ => StoreBench.Micros(StoreBench.Start.AddSeconds(random.Next(3000))),
                };
                if (i % 3 == 0) expected.Add(batch.Current.Time);
            }
            await _bench.Store.Append(batch, new BatchCommit(), CancellationToken.None);
        }
        foreach (var size in (int[])[7000, 1999, 100])
        {
            var seen = new List<EventView>();
            string? cursor = null;
            var chunks = 0;
            do
            {
                var next = default(string);
                await foreach (var chunk in _bench.Search.Search(new SearchRequest("\"e 0\"", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), size, cursor), CancellationToken.None))
                {
                    seen.AddRange(chunk.Events);
                    next = chunk.Cursor;
                    chunks++;
                }
                cursor = next;
            }
            while (cursor is not null);
            Assert.That(seen.Select(e => StoreBench.Micros(e.Time)), Is.EqualTo(expected.OrderDescending()), $"pages of {size}");
            Assert.That(seen.Select(e => e.Id).Distinct().Count(), Is.EqualTo(seen.Count));
            if (size == 7000) Assert.That(chunks, Is.LessThan(60), "empty decades are passed over");
        }
        var closed = _bench.Store.Segments[0];
        Assert.Multiple(() =>
        {
            Assert.That(closed.Days, Has.Length.EqualTo(3), "1970, now, and seventy years on");
            Assert.That(closed.Overlaps(StoreBench.Micros(StoreBench.Start.AddYears(-9)), StoreBench.Micros(StoreBench.Start.AddDays(-1))), Is.False);
            Assert.That(closed.Overlaps(StoreBench.Micros(StoreBench.Start.AddYears(-9)), StoreBench.Micros(StoreBench.Start.AddHours(2))), Is.True);
            Assert.That(closed.Overlaps(-5, 0), Is.True);
            Assert.That(closed.Overlaps(-500, -1), Is.False);
        });
    }

    [Test]
    public async Task A_histogram_grows_from_the_newest_time_and_ends_whole()
    {
        await _bench.Append(50_000, spread: true);
        var all = new List<HistogramSoFar>();
        await foreach (var so in _bench.Search.HistogramAsFound(new SearchRequest("", StoreBench.Start.AddSeconds(-50_000), StoreBench.Start), 50, CancellationToken.None)) all.Add(so);
        Assert.Multiple(() =>
        {
            Assert.That(all, Has.Count.GreaterThan(1));
            Assert.That(all[0].Steps[^1].Count, Is.GreaterThan(0));
            Assert.That(all[0].Steps[0].Count, Is.Zero);
            Assert.That(all[^1].Steps.Sum(s => s.Count), Is.EqualTo(50_000));
            Assert.That(all[^1].Share, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Too_many_searches_at_once_are_refused_clearly_and_the_places_come_back()
    {
        using var places = new SearchPlaces(1);
        var taken = await places.Take(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 16).Select(_ => places.Take(stop.Token)).ToList();
        var refusal = Assert.ThrowsAsync<SearchQueryException>(() => places.Take(CancellationToken.None))!;
        Assert.That(EventsErrors.Of(refusal).Code, Is.EqualTo("events.search-busy"));
        taken.Dispose();
        taken.Dispose();
        (await await Task.WhenAny(waiting)).Dispose();
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(waiting);
        }
        catch (OperationCanceledException)
        {
            foreach (var got in waiting.Where(w => w.IsCompletedSuccessfully)) (await got).Dispose();
        }
        (await places.Take(CancellationToken.None)).Dispose();
    }

    [Test]
    public async Task A_stop_in_the_middle_ends_a_search_soon()
    {
        await _bench.Append(60_000, spread: true);
        using var stop = new CancellationTokenSource();
        Assert.CatchAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in _bench.Search.Search(new SearchRequest("", DateTimeOffset.UnixEpoch, StoreBench.Start, 100_000), stop.Token)) await stop.CancelAsync();
        });
        Assert.That(await _bench.Store.Duck.SendReadersAway(TimeProvider.System), Is.True, "no reader is left behind");
    }
}
