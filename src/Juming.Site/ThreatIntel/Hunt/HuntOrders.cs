using System.Text;
using System.Text.Json;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.Set;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>An indicator that stored events are searched for.</summary>
internal sealed record Hunted(Guid Id, IndicatorKind Kind, string Value, int Confidence, int Severity, string Facts)
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

/// <summary>Notes what stored events are to be searched for: as many indicators a run as one query names. Small deliveries that come before a run has begun go along with it.</summary>
internal sealed class HuntOrders(IntelDb db, IntelSettings settings, TimeProvider clock)
{
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
    public async Task Put(IReadOnlyList<HuntRow> runs, CancellationToken ct)
    {
        if (runs.Count == 0 || settings.HuntDays == 0) return;
        var now = clock.GetUtcNow();
        foreach (var run in runs)
        {
            if (runs.Count == 1 && await Joined(run, now, ct)) return;
            (run.At, run.From, run.To, run.Reached) = (now, now.AddDays(-settings.HuntDays), now, now);
            db.Add(run);
        }
    }

    private async Task<bool> Joined(HuntRow run, DateTimeOffset now, CancellationToken ct)
    {
        var waiting = await db.Hunts.Where(h => h.DoneAt == null && h.IsOwn == run.IsOwn && h.Reached == h.To).OrderByDescending(h => h.At).FirstOrDefaultAsync(ct);
        if (waiting is null || waiting.Looked > 0) return false;
        var all = Read(waiting).Concat(Read(run)).DistinctBy(h => h.Id).ToList();
        var query = new HuntQuery();
        if (!all.TrueForAll(query.TryAdd)) return false;
        (waiting.Indicators, waiting.Count, waiting.LeftOut) = (JsonSerializer.Serialize(all), all.Count, waiting.LeftOut + run.LeftOut);
        (waiting.To, waiting.Reached) = (now, now);
        return true;
    }

    /// <summary>What a run searches for.</summary>
    public static IReadOnlyList<Hunted> Read(HuntRow run) => JsonSerializer.Deserialize<List<Hunted>>(run.Indicators) ?? [];
}
