using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Cloud.ThreatIntel.Warnings;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>What a reading changed.</summary>
internal sealed record MergeCounts(int Fresh, int Changed, int Withdrawn);

/// <summary>
/// Brings what a source says into the store. Only what differs from its last word is written, by digests, so that reading an unchanged list writes nothing. Written in parts: what a
/// broken-off merge leaves undone, the next reading does.
/// </summary>
internal sealed class MergeDesk(ThreatIntelDb db, WarningLists warnings, ThreatIntelSettings settings, TimeProvider clock)
{
    private const int Part = 5000;

    private const int Asked = 5000;

    /// <summary>Merges.</summary>
    /// <param name="source">Who says it.</param>
    /// <param name="said">Statements by identity of their value.</param>
    /// <param name="isWhole">It is all that the source says: what it said before and not now is withdrawn.</param>
    /// <param name="ct">Cancels between two parts.</param>
    public async Task<MergeCounts> Merge(SourceRow source, IReadOnlyDictionary<Guid, Statement> said, bool isWhole, CancellationToken ct)
    {
        var before = await db.Claims.AsNoTracking().Where(c => c.SourceId == source.Id && c.WithdrawnAt == null).Select(c => new { c.IndicatorId, c.Digest }).ToDictionaryAsync(c => c.IndicatorId, c => c.Digest, ct);
        // Withdrawn by the source itself, which is a word like any other, or no longer on its list.
        var gone = before.Keys.Where(id => said.TryGetValue(id, out var s) ? s.IsWithdrawn : isWhole).ToList();
        // In the order of identities, so that rows come beside each other in their indexes and a page is written once.
        var written = said.Where(s => !s.Value.IsWithdrawn && !(before.TryGetValue(s.Key, out var digest) && digest == s.Value.Digest)).OrderBy(s => s.Key).ToList();
        var fresh = 0;
        var weights = await Weights(source, ct);
        foreach (var part in written.Chunk(Part)) fresh += await Write(source, part, weights, ct);
        foreach (var part in gone.Chunk(Part)) await Withdraw(source, part, weights, ct);
        return new(fresh, written.Count - fresh, gone.Count);
    }

    /// <summary>Puts together anew what all sources say of these values.</summary>
    /// <returns>How many came out otherwise.</returns>
    public async Task<int> Recount(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var weights = await Weights(null, ct);
        var (rows, claims) = await Load(ids, ct);
        var now = clock.GetUtcNow();
        var changed = new List<IndicatorRow>();
        foreach (var row in rows.Values)
        {
            var former = (row.State, row.Confidence, row.Sources, row.Severity, row.Tlp, row.Warnings, row.ExpiresAt);
            row.Warnings = warnings.Names(new(row.Kind, row.Value));
            Standing.Merge(row, claims[row.Id], weights, settings.ActiveFrom, now);
            if (former == (row.State, row.Confidence, row.Sources, row.Severity, row.Tlp, row.Warnings, row.ExpiresAt)) continue;
            row.ChangedAt = now;
            changed.Add(row);
        }
        if (changed.Count > 0) await db.SaveWith(s => MergeStatements.Put(s, changed), ct);
        return changed.Count;
    }

    private async Task<int> Write(SourceRow source, KeyValuePair<Guid, Statement>[] part, IReadOnlyDictionary<Guid, SourceWeight> weights, CancellationToken ct)
    {
        var (rows, claims) = await Load([.. part.Select(p => p.Key)], ct);
        var now = clock.GetUtcNow();
        var (fresh, put, said) = (0, new List<IndicatorRow>(part.Length), new List<ClaimRow>(part.Length));
        foreach (var (id, statement) in part)
        {
            if (!rows.TryGetValue(id, out var row))
            {
                row = new IndicatorRow { Id = id, Kind = statement.Value.Kind, Value = statement.Value.Value, FirstSeen = statement.FirstSeen, LastSeen = statement.LastSeen, Warnings = warnings.Names(statement.Value) };
                fresh++;
            }
            var claim = statement.ToClaim(id, source.Id);
            if (claim.FirstSeen < row.FirstSeen) row.FirstSeen = claim.FirstSeen;
            Standing.Merge(row, claims[id].Where(c => c.SourceId != source.Id).Append(claim), weights, settings.ActiveFrom, now);
            row.ChangedAt = now;
            put.Add(row);
            said.Add(claim);
        }
        await db.SaveWith(async s =>
        {
            await MergeStatements.Put(s, put);
            await MergeStatements.Put(s, said);
        }, ct);
        return fresh;
    }

    private async Task Withdraw(SourceRow source, Guid[] part, IReadOnlyDictionary<Guid, SourceWeight> weights, CancellationToken ct)
    {
        var (rows, claims) = await Load(part, ct);
        var now = clock.GetUtcNow();
        foreach (var row in rows.Values)
        {
            Standing.Merge(row, claims[row.Id].Where(c => c.SourceId != source.Id), weights, settings.ActiveFrom, now);
            row.ChangedAt = now;
        }
        await db.SaveWith(async s =>
        {
            await MergeStatements.Put(s, rows.Values);
            await MergeStatements.Withdraw(s, source.Id, part, now);
        }, ct);
    }

    private async Task<(Dictionary<Guid, IndicatorRow> Rows, ILookup<Guid, ClaimRow> Claims)> Load(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var (rows, claims) = (new Dictionary<Guid, IndicatorRow>(ids.Count), new List<ClaimRow>());
        foreach (var asked in ids.Chunk(Asked).Select(a => a.ToList()))
        {
            // One parameter that holds them all: a thousand of them are looked up by name one by one, each among all of them.
            var found = await db.Indicators.AsNoTracking().Where(i => EF.Parameter(asked).Contains(i.Id)).ToListAsync(ct);
            foreach (var row in found) rows[row.Id] = row;
            // Nobody has said anything of what is not there.
            if (found.Count > 0) claims.AddRange(await db.Claims.AsNoTracking().Where(c => EF.Parameter(asked).Contains(c.IndicatorId)).ToListAsync(ct));
        }
        return (rows, claims.ToLookup(c => c.IndicatorId));
    }

    private async Task<Dictionary<Guid, SourceWeight>> Weights(SourceRow? reading, CancellationToken ct)
    {
        var weights = (await db.Sources.AsNoTracking().ToListAsync(ct)).ToDictionary(s => s.Id, SourceWeight.Of);
        if (reading is not null) weights[reading.Id] = SourceWeight.Of(reading);
        return weights;
    }
}
