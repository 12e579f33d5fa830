using Juming.Site.Assets;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Grouping;

/// <summary>
/// Where grouping and people take turns, and what grouping remembers of open incidents. Everything that changes which alerts an incident has, or
/// whether it takes more, happens in a turn.
/// </summary>
internal sealed class IncidentDesk(IncidentsSettings settings, IAssetDirectory assets) : IDisposable
{
    private const int MostGroups = 20_000;
    private const int MostWaiting = 50_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<Guid> _stale = [];
    private readonly Dictionary<int, int> _numbers = [];
    private bool _known;

    /// <summary>Open groups; only within a turn.</summary>
    public GroupIndex Index { get; private set; } = new(MostGroups);

    public IReadOnlySet<string> SharedAccounts { get; } = new HashSet<string>(settings.SharedAccounts, StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for the turn; it ends when the answer is disposed.</summary>
    public async Task<Turn> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Turn(_turn);
    }

    /// <summary>Makes what is remembered equal to what is stored.</summary>
    public async Task Prepare(IncidentsDb db, CancellationToken ct)
    {
        if (!_known) await Rebuild(db, ct);
        if (_stale.Count == 0) return;
        foreach (var id in _stale) Index.Remove(id);
        await Restore(db, [.. _stale], ct);
        _stale.Clear();
    }

    /// <summary>An incident was changed by a person; it is read again before the next alert.</summary>
    public void Changed(params ReadOnlySpan<Guid> incidents)
    {
        foreach (var id in incidents) _stale.Add(id);
    }

    /// <summary>What is remembered may differ from what is stored; all of it is read again.</summary>
    public void Doubt() => _known = false;

    /// <summary>The next short number of a year.</summary>
    public int NextNumber(int year) => _numbers[year] = _numbers.GetValueOrDefault(year) + 1;

    public void Dispose() => _turn.Dispose();

    private async Task Rebuild(IncidentsDb db, CancellationToken ct)
    {
        Index = new GroupIndex(MostGroups);
        _stale.Clear();
        _numbers.Clear();
        foreach (var year in await db.Incidents.GroupBy(i => i.Year).Select(g => new { g.Key, Last = g.Max(i => i.Number) }).ToListAsync(ct)) _numbers[year.Key] = year.Last;
        var open = await db.Incidents.AsNoTracking().Where(i => i.State == IncidentState.New || i.State == IncidentState.Acknowledged || i.State == IncidentState.Judged || i.State == IncidentState.Contained)
            .OrderByDescending(i => i.LastAt).Take(MostGroups / 2).Select(i => i.Id).ToListAsync(ct);
        await Restore(db, open, ct);
        var waiting = await db.Members.AsNoTracking().Where(m => m.Standing == Standing.Waiting).OrderByDescending(m => m.FirstAt).Take(MostWaiting).ToListAsync(ct);
        foreach (var row in Enumerable.Reverse(waiting)) AddWaiting(AlertFacts.Of(row, assets));
        _known = true;
    }

    private async Task Restore(IncidentsDb db, List<Guid> ids, CancellationToken ct)
    {
        foreach (var some in ids.Chunk(500))
        {
            var incidents = await db.Incidents.AsNoTracking().Where(i => some.Contains(i.Id)).ToListAsync(ct);
            var parties = (await db.Parties.AsNoTracking().Where(p => some.Contains(p.IncidentId)).ToListAsync(ct)).ToLookup(p => p.IncidentId);
            foreach (var incident in incidents.Where(i => i.TakesAlerts))
            {
                var group = new OpenGroup(incident.Id);
                group.Restore(incident, parties[incident.Id], assets);
                Index.Add(group);
            }
        }
    }

    /// <summary>Waiting alerts gather among themselves as they did before the restart.</summary>
    private void AddWaiting(AlertFacts alert)
    {
        var best = Index.Best(alert, g => g.IsIncident ? null : Bond.Between(alert, g, settings, SharedAccounts));
        var group = best?.Group ?? new OpenGroup(Guid.CreateVersion7());
        group.Progressed |= best?.Bond.IsProgress == true;
        var fresh = group.Absorb(alert);
        group.Wait(alert);
        if (best is null) Index.Add(group);
        else Index.Learned(group, fresh);
    }

    /// <summary>A turn; disposing ends it.</summary>
    public readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
