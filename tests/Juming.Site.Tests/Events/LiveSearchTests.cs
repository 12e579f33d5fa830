using System.Text;
using System.Threading.Channels;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Find;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class LiveSearchTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly SearchRequest Everything = new("", Start.AddDays(-1), Start.AddDays(1));

    private string _folder = "";
    private DuckEventStore _store = null!;
    private SlowSearch _slow = null!;
    private LiveSearch _live = null!;

    [SetUp]
    public async Task Open()
    {
        _folder = Directory.CreateTempSubdirectory("juming-live").FullName;
        _store = new DuckEventStore(new TierContext(Tiers.Site, _folder), new EventStoreSettings { SegmentRows = 2 }, TimeProvider.System, NullLogger<DuckEventStore>.Instance);
        for (var b = 0; b < 3; b++)
        {
            var batch = new EventBatch(2);
            for (var i = 0; i < 2; i++) batch.Begin(Encoding.UTF8.GetBytes($"line {b} {i}"), Micros(Start.AddSeconds((b * 10) + i)), 3, i);
            await _store.Append(batch, new BatchCommit(), CancellationToken.None);
        }
        _slow = new SlowSearch(new DuckSearch(_store));
        _live = new LiveSearch(_slow);
    }

    [TearDown]
    public void Remove()
    {
        _store.Dispose();
        Directory.Delete(_folder, true);
    }

    [Test]
    public async Task A_search_that_another_followed_neither_ends_nor_fills_it()
    {
        var first = Run();
        _slow.Steps.Writer.TryWrite(1);
        while (_live.Events.Count == 0) await Task.Delay(5);
        var second = Run();
        Assert.CatchAsync<OperationCanceledException>(() => first);
        Assert.Multiple(() =>
        {
            Assert.That(_live.IsRunning, "The successor still runs, so it can be stopped.");
            Assert.That(_live.WasStopped, Is.False);
            Assert.That(_live.Events, Is.Empty);
        });
        _slow.LetGo();
        await second;
        Assert.Multiple(() =>
        {
            Assert.That(_live.IsRunning, Is.False);
            Assert.That(_live.Events, Has.Count.EqualTo(6));
            Assert.That(_live.Events.Select(e => e.Id).Distinct().Count(), Is.EqualTo(6));
        });
    }

    [Test]
    public async Task A_stopped_search_keeps_what_it_found()
    {
        var run = Run();
        _slow.Steps.Writer.TryWrite(1);
        while (_live.Events.Count == 0) await Task.Delay(5);
        _live.Stop();
        Assert.CatchAsync<OperationCanceledException>(() => run);
        Assert.Multiple(() =>
        {
            Assert.That(_live.IsRunning, Is.False);
            Assert.That(_live.WasStopped);
            Assert.That(_live.Events, Is.Not.Empty);
        });
    }

    private async Task Run()
    {
        using var turn = _live.Begin(true, CancellationToken.None);
        await _live.Read(turn, Everything, () => { });
    }

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    /// <summary>The real search, one step at a time.</summary>
    private sealed class SlowSearch(ISearch search) : ISearch
    {
        private volatile bool _free;

        public Channel<int> Steps { get; } = Channel.CreateUnbounded<int>();

        public void LetGo()
        {
            _free = true;
            Steps.Writer.TryWrite(1);
        }

        public async IAsyncEnumerable<SearchChunk> Search(SearchRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var chunk in search.Search(request, ct))
            {
                if (!_free) await Steps.Reader.ReadAsync(ct);
                yield return chunk;
            }
        }

        public Task<IReadOnlyList<HistogramStep>> Histogram(SearchRequest request, int steps, CancellationToken ct) => search.Histogram(request, steps, ct);

        public IAsyncEnumerable<HistogramSoFar> HistogramAsFound(SearchRequest request, int steps, CancellationToken ct) => search.HistogramAsFound(request, steps, ct);

        public Task<IReadOnlyList<SeverityStep>> HistogramBySeverity(SearchRequest request, int steps, CancellationToken ct) => search.HistogramBySeverity(request, steps, ct);

        public Task<long> DatedElsewhere(SearchRequest request, CancellationToken ct) => search.DatedElsewhere(request, ct);

        public Task<IReadOnlyList<FacetValue>> Facet(SearchRequest request, string field, int most, CancellationToken ct) => search.Facet(request, field, most, ct);

        public Task<IReadOnlyList<SourceTally>> Tally(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => search.Tally(from, to, ct);

        public Task<EventView?> Get(Guid id, CancellationToken ct) => search.Get(id, ct);
    }
}
