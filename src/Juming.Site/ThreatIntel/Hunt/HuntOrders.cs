using System.Text;
using System.Text.Json;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.Sets;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>An indicator that stored events are searched for; from <c>Until</c> on it was asked of events as they came.</summary>
internal sealed record Hunted(Guid Id, IndicatorKind Kind, string Value, int Confidence, int Severity, string Facts, DateTimeOffset Until = default)
{
    public static Hunted Of(IndicatorEntry entry) => new(entry.Id, entry.Value.Kind, entry.Value.Value, entry.Confidence, entry.Severity, Encoding.UTF8.GetString(IndicatorFacts.Indexed(entry).Facts.Span));

    public IndexedIndicator Indexed => new(Id, new IndicatorValue(Kind, Value), Severity, Confidence, Facts: Encoding.UTF8.GetBytes(Facts));
}

/// <summary>Wakes who searches stored events.</summary>
internal sealed class HuntSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Wake()
    {
        if (_signal.CurrentCount == 0) _signal.Release();
    }

    public Task Wait(TimeSpan most, CancellationToken ct) => _signal.WaitAsync(most, ct);

    public void Dispose() => _signal.Dispose();
}

/// <summary>Notes what stored events are to be searched for: as many indicators a run as one query names.</summary>
internal sealed class HuntOrders(IntelDb db, IntelSettings settings, TimeProvider clock)
{
    private const int MostJoined = 200;

    // Until the swap that follows, workers ask what was in force before. An event of these moments may be found both ways, which is better than neither.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    /// <summary>Makes runs of new indicators; they are not stored yet.</summary>
    public static IReadOnlyList<HuntRow> Of(IReadOnlyList<IndicatorEntry> fresh, long leftOut, bool isOwn)
    {
        var (runs, group, query) = (new List<HuntRow>(), new List<Hunted>(), new HuntQuery());
        foreach (var hunted in fresh.Select(Hunted.Of))
        {
            if (!query.TryAdd(hunted))
            {
                Close();
                query = new HuntQuery();
                if (!query.TryAdd(hunted)) continue;
            }
            group.Add(hunted);
        }
        Close();
        if (runs.Count > 0) runs[0].LeftOut = leftOut;
        return runs;

        void Close()
        {
            if (group.Count > 0) runs.Add(new HuntRow { IsOwn = isOwn, Indicators = JsonSerializer.Serialize(group), Count = group.Count });
            group = [];
        }
    }

    /// <summary>Adds runs to what the context saves next.</summary>
    public void Put(IReadOnlyList<HuntRow> runs)
    {
        if (settings.HuntDays == 0) return;
        var now = clock.GetUtcNow();
        foreach (var run in runs)
        {
            (run.At, run.From, run.To, run.Reached) = (now, now.AddDays(-settings.HuntDays), now + Settling, now + Settling);
            db.Add(run);
        }
    }

    /// <summary>Begins a run; deliveries that wait as well and find room in its query go along with it, so that a change a second does not make a search a second.</summary>
    public async Task Begin(HuntRow run, CancellationToken ct)
    {
        var (all, query) = (Dated(run), new HuntQuery());
        all.ForEach(h => query.TryAdd(h));
        foreach (var other in await db.Hunts.Where(h => h.BegunAt == null && h.DoneAt == null && h.IsOwn == run.IsOwn && h.Id != run.Id).OrderBy(h => h.At).Take(MostJoined).ToListAsync(ct))
        {
            var further = Dated(other);
            if (!further.TrueForAll(query.TryAdd)) break;
            all.AddRange(further);
            run.LeftOut += other.LeftOut;
            if (other.To > run.To) run.To = other.To;
            db.Remove(other);
        }
        all = [.. all.DistinctBy(h => h.Id)];
        (run.Indicators, run.Count, run.BegunAt, run.Reached) = (JsonSerializer.Serialize(all), all.Count, clock.GetUtcNow(), run.To);
        await db.SaveChangesAsync(ct);
    }

    private static List<Hunted> Dated(HuntRow run) => [.. Read(run).Select(h => h with { Until = run.To })];

    /// <summary>What a run searches for.</summary>
    public static IReadOnlyList<Hunted> Read(HuntRow run) => JsonSerializer.Deserialize<List<Hunted>>(run.Indicators) ?? [];
}
