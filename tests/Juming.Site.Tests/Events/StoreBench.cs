using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juming.Site.Tests.Events;

/// <summary>A store on a folder of its own, with a clock that can be moved and a disk whose size is chosen.</summary>
internal sealed class StoreBench : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public StoreBench(EventStoreSettings? settings = null)
    {
        Settings = settings ?? new EventStoreSettings();
        Folder = Directory.CreateTempSubdirectory("juming-store").FullName;
        Reopen();
    }

    public string Folder { get; }

    public EventStoreSettings Settings { get; set; }

    public MovingClock Clock { get; } = new() { At = Start };

    /// <summary>Size of the disk, and what of it others use; null for the disk that is there.</summary>
    public (long Total, long Other)? Disk { get; set; }

    public DuckEventStore Store { get; private set; } = null!;

    public DuckSearch Search { get; private set; } = null!;

    public string[] Files => [.. Directory.GetFiles(Path.Combine(Folder, "events"), "*.duckdb").Order(StringComparer.Ordinal)];

    public long OwnBytes => Directory.GetFiles(Path.Combine(Folder, "events")).Sum(f => new FileInfo(f).Length);

    public void Reopen()
    {
        Close();
        Store = new DuckEventStore(new TierContext(Tiers.Site, Folder), Settings, Clock, NullLogger<DuckEventStore>.Instance) { Disk = Space };
        Search = new DuckSearch(Store);
    }

    public void Close()
    {
        Search?.Dispose();
        Store?.Dispose();
    }

    /// <summary>Events that are received now; a second apart, backwards, when <paramref name="spread"/>.</summary>
    public async Task<long> Append(int count, string word = "line", bool spread = false, BatchCommit? commit = null)
    {
        commit ??= new BatchCommit();
        var batch = new EventBatch(Math.Max(1, count));
        for (var i = 0; i < count; i++)
        {
            batch.Begin(Encoding.UTF8.GetBytes($"{word} {i}"), Micros(Clock.At), 7, i + 1);
            batch.Add(Field.UserName, "alice"u8);
            if (spread) batch.Current.Time = Micros(Clock.At.AddSeconds(i - count));
        }
        if (count > 0)
        {
            commit.Ledger.Add(new LedgerDelta(7, Micros(Clock.At) / 60_000_000, "received", count, count));
            commit.Ledger.Add(new LedgerDelta(7, Micros(Clock.At) / 60_000_000, "stored", count, count));
        }
        return await Store.Append(batch, commit, CancellationToken.None);
    }

    public string Describe() => $"{Store.DiskTrouble}; {Space()}; {Store.Level}; {string.Join(' ', Directory.GetFiles(Path.Combine(Folder, "events")).Select(f => $"{Path.GetFileName(f)}={new FileInfo(f).Length}"))}";

    public async Task<long> Received() => (await Store.ReceivedBySource(CancellationToken.None)).GetValueOrDefault(7);

    public async Task<int> Count(string query = "") =>
        (int)(await Search.Histogram(new SearchRequest(query, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)), 1, CancellationToken.None)).Sum(s => s.Count);

    public void Dispose()
    {
        Close();
        Directory.Delete(Folder, true);
    }

    public static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private (long Total, long Free) Space()
    {
        if (Disk is not { } disk) return (1L << 40, 1L << 39);
        return (disk.Total, disk.Total - disk.Other - OwnBytes);
    }
}

/// <summary>A clock whose date is set; its timers run in real time.</summary>
internal sealed class MovingClock : TimeProvider
{
    public DateTimeOffset At { get; set; }

    public override DateTimeOffset GetUtcNow() => At;
}
