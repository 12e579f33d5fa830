using System.Globalization;
using System.Text.Json;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Content;
using Juming.Platform.Notify;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Site.Assets.Impact;

/// <summary>
/// Holds vulnerabilities against the site's software: a parcel that changed against all software, software that is new against all parcels. Nothing of the catalogue is kept but what concerns
/// something here; the parcels lie in the shelf of content, and one at a time is unpacked. All of them are fetched whatever the site has, so that who passes them on learns nothing of its software.
/// </summary>
internal sealed class ImpactDesk(IServiceScopeFactory scopes, IContent content, ImpactTurn turn, AssetsSettings settings, TimeProvider clock)
{
    /// <summary>The list of parcels.</summary>
    public const string Path = ContentKinds.Intelligence + "/vulnerabilities";

    private const string KnownPrefix = "known.";
    private const string ExploitPrefix = "exploit.";
    private const int MostAtOnce = 5000;
    private const int MostParcels = 100;
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);

    /// <summary>Findings found no room since the start.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Why a finding was made, as it is kept.</summary>
    public static Why? WhyOf(string text) => JsonSerializer.Deserialize<Why>(text, Compact);

    /// <summary>Takes the parcels that changed.</summary>
    /// <returns>True when something was taken.</returns>
    public async Task<bool> TakeParcels(CancellationToken ct)
    {
        if (content.Targets.FirstOrDefault(t => t.Path == Path) is not { } target) return false;
        var parts = ContentParts.Read(await content.Get(target.Sha256, target.Length, ct)) ?? throw Unreadable(Path);
        Dictionary<string, KnownPartRow> known;
        CandidateIndex? software = null;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
            known = await db.KnownParts.AsNoTracking().ToDictionaryAsync(p => p.Name, StringComparer.Ordinal, ct);
        }
        // What vulnerabilities are comes before what is known of their exploitation: only those that concern something are looked up.
        var waiting = parts.Where(p => !known.TryGetValue(p.Name, out var row) || row.Sha256 != Convert.ToHexStringLower(p.Sha256)).OrderBy(p => p.Name.StartsWith(ExploitPrefix, StringComparison.Ordinal)).ToList();
        var changed = waiting.Take(MostParcels).ToList();
        var gone = known.Keys.Except(parts.Select(p => p.Name)).ToList();
        if (changed.Count + gone.Count == 0) return false;
        // Over a slow line this takes long, and nobody shall wait for it: from here on all of it is here.
        foreach (var part in changed) await content.Get(part.Sha256, part.Length, ct);
        using var held = await turn.Enter(ct);
        var exploits = parts.Where(p => p.Name.StartsWith(ExploitPrefix, StringComparison.Ordinal)).ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var part in changed)
        {
            var parcel = await content.Get(part.Sha256, part.Length, ct);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
            if (BucketOf(part.Name, KnownPrefix) is { } bucket)
            {
                software ??= new CandidateIndex(await db.Software.AsNoTracking().ToListAsync(ct));
                var entries = VulnerabilityParcel.Unpack(parcel, software.Has) ?? throw Unreadable(part.Name);
                var fresh = await Replace(db, bucket, entries, software, ct);
                if (fresh && exploits.TryGetValue(ExploitPrefix + bucket.ToString(CultureInfo.InvariantCulture), out var exploit)) await TakeExploits(db, bucket, await content.Get(exploit.Sha256, exploit.Length, ct), exploit.Name, ct);
            }
            else if (BucketOf(part.Name, ExploitPrefix) is { } place)
            {
                await TakeExploits(db, place, parcel, part.Name, ct);
            }
            await Note(db, part, ct);
        }
        foreach (var name in gone) await Drop(name, ct);
        // In between others take what is theirs: a new indicator must not wait for a first load of vulnerabilities.
        if (waiting.Count > changed.Count) content.LookAgain();
        else await Tally(ct);
        return true;
    }

    /// <summary>Holds all parcels against software that is new.</summary>
    /// <returns>True when there was some.</returns>
    public async Task<bool> MatchNew(CancellationToken ct)
    {
        using var held = await turn.Enter(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
        var rows = await db.Software.Where(s => !s.Matched).OrderBy(s => s.Id).Take(MostAtOnce).ToListAsync(ct);
        if (rows.Count > 0)
        {
            var software = new CandidateIndex(rows);
            var parts = await db.KnownParts.AsNoTracking().ToListAsync(ct);
            var exploits = parts.Where(p => BucketOf(p.Name, ExploitPrefix) is not null).ToDictionary(p => p.Name, StringComparer.Ordinal);
            foreach (var part in parts)
            {
                if (BucketOf(part.Name, KnownPrefix) is not { } bucket) continue;
                var parcel = await content.Get(Convert.FromHexString(part.Sha256), part.Length, ct);
                var entries = VulnerabilityParcel.Unpack(parcel, software.Has) ?? throw Unreadable(part.Name);
                if (entries.Count == 0 || !await Add(db, bucket, entries, software, ct)) continue;
                if (exploits.TryGetValue(ExploitPrefix + bucket.ToString(CultureInfo.InvariantCulture), out var exploit)) await TakeExploits(db, bucket, await content.Get(Convert.FromHexString(exploit.Sha256), exploit.Length, ct), exploit.Name, ct);
            }
            foreach (var row in rows) row.Matched = true;
            await db.SaveChangesAsync(ct);
        }
        await Tally(ct);
        return rows.Count == MostAtOnce;
    }

    /// <summary>Counts anew; with nobody else at work.</summary>
    public async Task Recount(CancellationToken ct)
    {
        using var held = await turn.Enter(ct);
        await Tally(ct);
    }

    private async Task Tally(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
        await ImpactTally.Run(db, ct);
        if (scope.ServiceProvider.GetService<INotices>() is { } notices) await TellExploited.Run(db, notices, ct);
    }

    /// <summary>Puts what a bucket says now in the place of what it said before; what still holds keeps since when.</summary>
    private async Task<bool> Replace(AssetsDb db, int bucket, IReadOnlyList<VulnerabilityEntry> entries, CandidateIndex software, CancellationToken ct)
    {
        var cves = db.Vulnerabilities.Where(v => v.Bucket == bucket).Select(v => v.Cve);
        var before = await db.Findings.AsNoTracking().Where(f => cves.Contains(f.Cve)).Select(f => new { f.SoftwareId, f.Cve }).ToListAsync(ct);
        var (vulnerabilities, findings) = Judge(bucket, entries, software);
        var now = findings.Select(f => (f.SoftwareId, f.Cve)).ToHashSet();
        var gone = before.Where(b => !now.Contains((b.SoftwareId, b.Cve))).ToList();
        await Write(db, vulnerabilities, findings, gone.ConvertAll(g => (g.SoftwareId, g.Cve)), ct);
        return vulnerabilities.Count > 0;
    }

    private async Task<bool> Add(AssetsDb db, int bucket, IReadOnlyList<VulnerabilityEntry> entries, CandidateIndex software, CancellationToken ct)
    {
        var (vulnerabilities, findings) = Judge(bucket, entries, software);
        if (findings.Count == 0) return false;
        await Write(db, vulnerabilities, findings, [], ct);
        return true;
    }

    private (List<VulnerabilityRow> Vulnerabilities, List<FindingRow> Findings) Judge(int bucket, IReadOnlyList<VulnerabilityEntry> entries, CandidateIndex software)
    {
        var now = clock.GetUtcNow();
        var (vulnerabilities, findings) = (new List<VulnerabilityRow>(), new List<FindingRow>());
        foreach (var entry in entries)
        {
            // Only what the parcel may speak of, so that no other parcel's word is overwritten.
            if (CveId.BucketOf(entry.Cve) != bucket) continue;
            var count = findings.Count;
            foreach (var (candidate, why) in software.Judge(entry)) findings.Add(new FindingRow { SoftwareId = candidate.Id, Cve = entry.Cve, Likely = why.Doubts.Count > 0, Why = JsonSerializer.Serialize(why, Compact), Since = now });
            if (findings.Count > count) vulnerabilities.Add(new VulnerabilityRow { Cve = entry.Cve, Bucket = bucket, Summary = Clean(entry.Summary), Score = entry.Score, PublishedAt = Instant(entry.Published), Since = now });
        }
        return (vulnerabilities, findings);
    }

    private async Task Write(AssetsDb db, List<VulnerabilityRow> vulnerabilities, List<FindingRow> findings, List<(Guid Software, string Cve)> gone, CancellationToken ct)
    {
        var room = settings.MostFindings - await db.Findings.CountAsync(ct);
        if (findings.Count > room && findings.Count > gone.Count)
        {
            IsFull = true;
            findings = findings[..Math.Max(0, room)];
        }
        await db.SaveWith(async s =>
        {
            await s.Run("DELETE FROM assets_findings WHERE software_id = @software AND cve = @cve", gone, static (c, one) =>
            {
                Set(c, "software", one.Software);
                Set(c, "cve", one.Cve);
            });
            await s.Run("""
                INSERT INTO assets_vulnerabilities (cve, bucket, summary, score, published_at, ransomware, since, open, likely, settled, mended, muted) VALUES (@cve, @bucket, @summary, @score, @published_at, @no, @since, 0, 0, 0, 0, @no)
                ON CONFLICT (cve) DO UPDATE SET summary = excluded.summary, score = excluded.score, published_at = excluded.published_at
                """, vulnerabilities, static (c, row) =>
            {
                Set(c, "cve", row.Cve);
                Set(c, "bucket", row.Bucket);
                Set(c, "summary", row.Summary);
                Set(c, "score", row.Score);
                Set(c, "published_at", row.PublishedAt is { } at ? Micros(at) : 0L);
                Set(c, "no", false);
                Set(c, "since", Micros(row.Since));
            });
            await s.Run("""
                INSERT INTO assets_findings (software_id, cve, likely, why, since) VALUES (@software_id, @cve, @likely, @why, @since)
                ON CONFLICT (software_id, cve) DO UPDATE SET likely = excluded.likely, why = excluded.why
                """, findings, static (c, row) =>
            {
                Set(c, "software_id", row.SoftwareId);
                Set(c, "cve", row.Cve);
                Set(c, "likely", row.Likely);
                Set(c, "why", row.Why);
                Set(c, "since", Micros(row.Since));
            });
        }, ct);
    }

    private static async Task TakeExploits(AssetsDb db, int bucket, byte[] parcel, string name, CancellationToken ct)
    {
        var entries = VulnerabilityParcel.UnpackExploits(parcel) ?? throw Unreadable(name);
        var rows = await db.Vulnerabilities.Where(v => v.Bucket == bucket).ToListAsync(ct);
        var said = entries.DistinctBy(e => e.Cve).ToDictionary(e => e.Cve, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var entry = said.GetValueOrDefault(row.Cve);
            (row.ExploitedAt, row.DueAt, row.Ransomware, row.Chance) = (Instant(entry?.Added), Instant(entry?.Due), entry?.Ransomware ?? false, entry?.Chance);
        }
        await db.SaveChangesAsync(ct);
        // What is tracked belongs to this parcel alone.
        foreach (var row in rows) db.Entry(row).State = EntityState.Detached;
    }

    private static async Task Note(AssetsDb db, ContentPart part, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(part.Sha256);
        if (await db.KnownParts.FirstOrDefaultAsync(p => p.Name == part.Name, ct) is { } row) (row.Sha256, row.Length) = (hash, part.Length);
        else db.Add(new KnownPartRow { Name = part.Name, Sha256 = hash, Length = part.Length });
        await db.SaveChangesAsync(ct);
    }

    private async Task Drop(string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
        if (BucketOf(name, KnownPrefix) is { } bucket) await Replace(db, bucket, [], new CandidateIndex([]), ct);
        await db.KnownParts.Where(p => p.Name == name).ExecuteDeleteAsync(ct);
    }

    private static int? BucketOf(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) ? bucket : null;

    private static DateTimeOffset? Instant(DateOnly? day) => day is { } known ? new DateTimeOffset(known, TimeOnly.MinValue, TimeSpan.Zero) : null;

    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsControl(c)));

    private static ImpactException Unreadable(string name) => new(AssetErrors.UnreadableParcel.With("file", name));
}

/// <summary>Takes vulnerabilities from above.</summary>
internal sealed class VulnerabilityTaker(ImpactDesk desk) : IContentTaker
{
    /// <inheritdoc/>
    public Task Take(IContent content, CancellationToken ct) => desk.TakeParcels(ct);
}
