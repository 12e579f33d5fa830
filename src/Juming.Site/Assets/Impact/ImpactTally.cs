using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Site.Assets.Impact;

/// <summary>
/// Counts which assets each vulnerability concerns and writes the counts beside them: lists sort and filter by columns, and no list has to join the whole site. An asset is open while software that is
/// concerned is there, mended once all of it is gone or another version, settled when a person said why it is not affected.
/// </summary>
internal static class ImpactTally
{
    public static async Task Run(AssetsDb db, CancellationToken ct)
    {
        var state = await Read(db, ct);
        var counts = new Dictionary<string, Counts>(StringComparer.Ordinal);
        var exposures = new Dictionary<Guid, Exposure>();
        var known = await db.Vulnerabilities.AsNoTracking().ToDictionaryAsync(v => v.Cve, StringComparer.Ordinal, ct);
        foreach (var (cve, software) in state.Findings)
            if (known.TryGetValue(cve, out var row)) counts[cve] = Count(row, software, state, exposures);
        await Write(db, known, counts, state, ct);
        await WriteExposures(db, exposures, ct);
    }

    private static Counts Count(VulnerabilityRow row, List<(Guid Software, bool Likely)> software, State state, Dictionary<Guid, Exposure> exposures)
    {
        // True while it is sure for one version that is there.
        var open = new Dictionary<Guid, bool>();
        var mended = new HashSet<Guid>();
        foreach (var (id, likely) in software)
        {
            if (!state.Installs.TryGetValue(id, out var installs)) continue;
            foreach (var (asset, isThere) in installs)
                if (!isThere) mended.Add(asset);
                else open[asset] = open.GetValueOrDefault(asset) || !likely;
        }
        mended.ExceptWith(open.Keys);
        var (settled, likelyOnes) = (0, 0);
        var muted = state.Decisions.GetValueOrDefault((row.Cve, Guid.Empty)) == DecisionKind.Muted;
        var all = state.Decisions.ContainsKey((row.Cve, Guid.Empty)) && !muted;
        foreach (var (asset, sure) in open)
        {
            if (all || state.Decisions.ContainsKey((row.Cve, asset)))
            {
                settled++;
                continue;
            }
            if (!sure) likelyOnes++;
            if (muted) continue;
            if (!exposures.TryGetValue(asset, out var exposure)) exposures[asset] = exposure = new Exposure();
            exposure.Add(row);
        }
        return new Counts(open.Count - settled, likelyOnes, settled, mended.Count, muted);
    }

    private static async Task<State> Read(AssetsDb db, CancellationToken ct)
    {
        var findings = new Dictionary<string, List<(Guid, bool)>>(StringComparer.Ordinal);
        await foreach (var finding in db.Findings.AsNoTracking().Select(f => new { f.Cve, f.SoftwareId, f.Likely }).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!findings.TryGetValue(finding.Cve, out var list)) findings[finding.Cve] = list = [];
            list.Add((finding.SoftwareId, finding.Likely));
        }
        var concerned = db.Findings.Select(f => f.SoftwareId).Distinct();
        var installs = new Dictionary<Guid, Dictionary<Guid, bool>>();
        var rows = db.Installs.AsNoTracking().Where(i => concerned.Contains(i.SoftwareId)).Join(db.Assets.AsNoTracking(), i => i.AssetId, a => a.Id, (i, a) => new { Asset = a.MergedInto ?? a.Id, a.State, i.SoftwareId, IsThere = i.GoneAt == null });
        var retired = (await db.Assets.Where(a => a.State == AssetState.Retired).Select(a => a.Id).ToListAsync(ct)).ToHashSet();
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            // A machine that is no longer there is no longer open to anything.
            if (retired.Contains(row.Asset)) continue;
            if (!installs.TryGetValue(row.SoftwareId, out var assets)) installs[row.SoftwareId] = assets = [];
            assets[row.Asset] = assets.GetValueOrDefault(row.Asset) || row.IsThere;
        }
        var decisions = await db.Decisions.AsNoTracking().ToDictionaryAsync(d => (d.Cve, d.AssetId), d => d.Kind, ct);
        return new State(findings, installs, decisions);
    }

    private static Task Write(AssetsDb db, Dictionary<string, VulnerabilityRow> known, Dictionary<string, Counts> counts, State state, CancellationToken ct)
    {
        var changed = known.Values.Where(v => counts.TryGetValue(v.Cve, out var now) && now != new Counts(v.Open, v.Likely, v.Settled, v.Mended, v.Muted)).ToList();
        var gone = known.Keys.Where(c => !state.Findings.ContainsKey(c)).ToList();
        return changed.Count + gone.Count == 0 ? Task.CompletedTask : db.SaveWith(async s =>
        {
            await s.Run("UPDATE assets_vulnerabilities SET open = @open, likely = @likely, settled = @settled, mended = @mended, muted = @muted WHERE cve = @cve", changed, (c, row) =>
            {
                var now = counts[row.Cve];
                Set(c, "cve", row.Cve);
                Set(c, "open", now.Open);
                Set(c, "likely", now.Likely);
                Set(c, "settled", now.Settled);
                Set(c, "mended", now.Mended);
                Set(c, "muted", now.Muted);
            });
            await s.Run("DELETE FROM assets_vulnerabilities WHERE cve = @cve", gone, static (c, cve) => Set(c, "cve", cve));
        }, ct);
    }

    private static async Task WriteExposures(AssetsDb db, Dictionary<Guid, Exposure> exposures, CancellationToken ct)
    {
        var before = await db.Exposures.AsNoTracking().ToDictionaryAsync(e => e.AssetId, ct);
        var changed = exposures.Where(e => !before.TryGetValue(e.Key, out var row) || !e.Value.Equals(row)).ToList();
        var gone = before.Keys.Where(a => !exposures.ContainsKey(a)).ToList();
        if (changed.Count + gone.Count == 0) return;
        await db.SaveWith(async s =>
        {
            await s.Run("""
                INSERT INTO assets_exposures (asset_id, open, critical, high, exploited, score) VALUES (@asset, @open, @critical, @high, @exploited, @score)
                ON CONFLICT (asset_id) DO UPDATE SET open = excluded.open, critical = excluded.critical, high = excluded.high, exploited = excluded.exploited, score = excluded.score
                """, changed, static (c, one) =>
            {
                Set(c, "asset", one.Key);
                Set(c, "open", one.Value.Open);
                Set(c, "critical", one.Value.Critical);
                Set(c, "high", one.Value.High);
                Set(c, "exploited", one.Value.Exploited);
                Set(c, "score", one.Value.Score);
            });
            await s.Run("DELETE FROM assets_exposures WHERE asset_id = @asset", gone, static (c, asset) => Set(c, "asset", asset));
        }, ct);
    }

    private sealed record State(Dictionary<string, List<(Guid Software, bool Likely)>> Findings, Dictionary<Guid, Dictionary<Guid, bool>> Installs, Dictionary<(string, Guid), DecisionKind> Decisions);

    private readonly record struct Counts(int Open, int Likely, int Settled, int Mended, bool Muted);

    private sealed class Exposure
    {
        public int Open { get; private set; }
        public int Critical { get; private set; }
        public int High { get; private set; }
        public int Exploited { get; private set; }
        public int Score { get; private set; }

        public void Add(VulnerabilityRow row)
        {
            Open++;
            if (row.Score >= Scores.Critical) Critical++;
            else if (row.Score >= Scores.High) High++;
            if (row.ExploitedAt is not null) Exploited++;
            Score = Math.Max(Score, row.Score);
        }

        public bool Equals(ExposureRow row) => (Open, Critical, High, Exploited, Score) == (row.Open, row.Critical, row.High, row.Exploited, row.Score);
    }
}

/// <summary>Bands of CVSS, in tenths.</summary>
internal static class Scores
{
    public const int Critical = 90;
    public const int High = 70;
    public const int Medium = 40;
}
