using System.Globalization;
using System.Text;
using FluentValidation;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Impact;

/// <summary>One vulnerability with the assets that it concerns, those that are open first.</summary>
internal sealed record GetImpact(string Cve, int Skip = 0, int Take = 50) : IQuery<ImpactDossier>, INeeds<AssetsRead>;

/// <summary>What concerns one asset.</summary>
internal sealed record ListImpactOfAsset(Guid Asset, int Skip = 0, int Take = 50) : IQuery<AssetImpact>, INeeds<AssetsRead>;

/// <summary>A vulnerability with the assets that it concerns.</summary>
internal sealed record ImpactDossier(ImpactView Vulnerability, IReadOnlyList<AffectedAsset> Assets, int Total, DecisionView? Decision);

/// <summary>Why a vulnerability concerns an asset, and what became of it there.</summary>
/// <param name="Cve">The vulnerability.</param>
/// <param name="Asset">The asset.</param>
/// <param name="Name">Its name.</param>
/// <param name="Importance">How much the site depends on it.</param>
/// <param name="Vendor">Software: vendor.</param>
/// <param name="Product">Product.</param>
/// <param name="Version">Version.</param>
/// <param name="Source">Who says that it is there.</param>
/// <param name="Place">What that rests on.</param>
/// <param name="Range">The statement that fits it.</param>
/// <param name="Doubts">Why somebody has to look; empty when it is sure.</param>
/// <param name="State">What became of it.</param>
/// <param name="Since">When it was found.</param>
/// <param name="EndedAt">When the software was found gone.</param>
/// <param name="Decision">What a person decided.</param>
public sealed record AffectedAsset(string Cve, Guid Asset, string Name, AssetImportance Importance, string Vendor, string Product, string Version, SoftwareSource Source, string Place, AffectedRange? Range, IReadOnlyList<Doubt> Doubts, ImpactState State, DateTimeOffset Since, DateTimeOffset? EndedAt, DecisionView? Decision);

/// <summary>A person's decision.</summary>
public sealed record DecisionView(DecisionKind Kind, string Reason, string By, DateTimeOffset At);

/// <summary>What concerns one asset.</summary>
internal sealed record AssetImpact(string Name, IReadOnlyList<AssetFinding> Items, int Total);

/// <summary>A vulnerability of an asset.</summary>
internal sealed record AssetFinding(ImpactView Vulnerability, AffectedAsset Why);

/// <summary>Pairs of asset and vulnerability for a file, in the order of vulnerabilities.</summary>
internal sealed record ExportImpact(ListImpact Filter, string AfterCve = "") : IQuery<IReadOnlyList<ExportedImpact>>, INeeds<AssetsRead>, IAudited
{
    /// <summary>Vulnerabilities of a page.</summary>
    public const int PageSize = 100;
}

/// <summary>A vulnerability with all its assets, for a file.</summary>
internal sealed record ExportedImpact(ImpactView Vulnerability, IReadOnlyList<AffectedAsset> Assets);

file sealed class Validator : AbstractValidator<GetImpact>
{
    public Validator()
    {
        RuleFor(q => q.Cve).NotEmpty().MaximumLength(20);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class AssetValidator : AbstractValidator<ListImpactOfAsset>
{
    public AssetValidator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(AssetsDb db) : IQueryHandler<GetImpact, ImpactDossier>, IQueryHandler<ListImpactOfAsset, AssetImpact>, IQueryHandler<ExportImpact, IReadOnlyList<ExportedImpact>>
{
    public async Task<Result<ImpactDossier>> Handle(GetImpact request, CancellationToken cancellationToken)
    {
        if (CveId.Of(request.Cve) is not { } cve || await db.Vulnerabilities.AsNoTracking().FirstOrDefaultAsync(v => v.Cve == cve, cancellationToken) is not { } row) return AssetErrors.NoSuchVulnerability;
        var all = await Assets(cve, cancellationToken);
        var decision = await db.Decisions.AsNoTracking().FirstOrDefaultAsync(d => d.Cve == cve && d.AssetId == Guid.Empty, cancellationToken);
        return new ImpactDossier(ImpactFilter.View(row), [.. all.Skip(request.Skip).Take(request.Take)], all.Count, decision is null ? null : View(decision));
    }

    public async Task<Result<AssetImpact>> Handle(ListImpactOfAsset request, CancellationToken cancellationToken)
    {
        if (await db.Assets.AsNoTracking().FirstOrDefaultAsync(a => a.Id == request.Asset, cancellationToken) is not { } asset) return AssetErrors.NoSuchAsset;
        var id = asset.MergedInto ?? asset.Id;
        var parts = db.Assets.Where(a => a.Id == id || a.MergedInto == id).Select(a => a.Id);
        var software = db.Installs.Where(i => parts.Contains(i.AssetId)).Select(i => i.SoftwareId).Distinct();
        var cves = db.Findings.Where(f => software.Contains(f.SoftwareId)).Select(f => f.Cve).Distinct();
        var found = db.Vulnerabilities.AsNoTracking().Where(v => cves.Contains(v.Cve));
        var rows = await found.OrderByDescending(v => v.ExploitedAt != null).ThenByDescending(v => v.Score).ThenByDescending(v => v.Chance).ThenBy(v => v.Cve).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var items = new List<AssetFinding>();
        foreach (var row in rows)
            if ((await Assets(row.Cve, cancellationToken, id)).FirstOrDefault() is { } why) items.Add(new AssetFinding(ImpactFilter.View(row), why));
        return new AssetImpact(asset.Name, [.. items.OrderBy(i => i.Why.State)], await found.CountAsync(cancellationToken));
    }

    public async Task<Result<IReadOnlyList<ExportedImpact>>> Handle(ExportImpact request, CancellationToken cancellationToken)
    {
        var after = request.AfterCve;
        var rows = await ImpactFilter.Apply(db.Vulnerabilities.AsNoTracking(), request.Filter).Where(v => string.Compare(v.Cve, after) > 0).OrderBy(v => v.Cve).Take(ExportImpact.PageSize).ToListAsync(cancellationToken);
        var exported = new List<ExportedImpact>();
        foreach (var row in rows) exported.Add(new ExportedImpact(ImpactFilter.View(row), await Assets(row.Cve, cancellationToken)));
        return Result<IReadOnlyList<ExportedImpact>>.Of(exported);
    }

    /// <summary>Assets of a vulnerability, or one of them: each once, with the statement that weighs most.</summary>
    private async Task<List<AffectedAsset>> Assets(string cve, CancellationToken ct, Guid? only = null)
    {
        var rows = await db.Findings.AsNoTracking().Where(f => f.Cve == cve)
            .Join(db.Software.AsNoTracking(), f => f.SoftwareId, s => s.Id, (f, s) => new { Finding = f, Software = s })
            .Join(db.Installs.AsNoTracking(), r => r.Software.Id, i => i.SoftwareId, (r, i) => new { r.Finding, r.Software, Install = i })
            .Join(db.Assets.AsNoTracking(), r => r.Install.AssetId, a => a.Id, (r, a) => new { r.Finding, r.Software, r.Install, Asset = a.MergedInto ?? a.Id })
            .Where(r => only == null || r.Asset == only).ToListAsync(ct);
        var wholes = new Dictionary<Guid, AssetRow>();
        foreach (var some in rows.Select(r => r.Asset).Distinct().Chunk(400))
            foreach (var asset in await db.Assets.AsNoTracking().Where(a => some.Contains(a.Id) && a.State == AssetState.Active).ToListAsync(ct)) wholes[asset.Id] = asset;
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.Cve == cve).ToDictionaryAsync(d => d.AssetId, ct);
        var whys = rows.Select(r => r.Finding).DistinctBy(f => f.SoftwareId).ToDictionary(f => f.SoftwareId, f => ImpactDesk.WhyOf(f.Why));
        return [.. rows.Where(r => wholes.ContainsKey(r.Asset)).GroupBy(r => r.Asset).Select(g =>
        {
            var best = g.OrderBy(r => r.Install.GoneAt != null).ThenBy(r => r.Finding.Likely).ThenByDescending(r => r.Install.LastSeen).First();
            var asset = wholes[g.Key];
            var decided = decisions.GetValueOrDefault(asset.Id) ?? decisions.GetValueOrDefault(Guid.Empty);
            var state = best.Install.GoneAt is not null ? ImpactState.Remediated : decided?.Kind switch { DecisionKind.Muted => ImpactState.Muted, DecisionKind.NotAffected => ImpactState.NotAffected, _ => ImpactState.Open };
            var why = whys[best.Software.Id];
            var since = best.Finding.Since > best.Install.FirstSeen ? best.Finding.Since : best.Install.FirstSeen;
            return new AffectedAsset(cve, asset.Id, asset.Name, (AssetImportance)asset.Importance, best.Software.Vendor, best.Software.Product, best.Software.Version, best.Install.Source, best.Install.Place, why?.Range, why?.Doubts ?? [], state, since, best.Install.GoneAt, decided is null ? null : View(decided));
        }).OrderBy(a => a.State).ThenByDescending(a => a.Importance).ThenBy(a => a.Doubts.Count).ThenBy(a => a.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static DecisionView View(DecisionRow row) => new(row.Kind, row.Reason, row.By, row.At);
}

/// <summary>Vulnerabilities with their assets as CSV, one line a pair, however many there are.</summary>
internal static class ImpactCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static async Task Write(Stream stream, Sender sender, ExportImpact export, IReadOnlyList<ExportedImpact> page, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("cve,cvss,exploited_since,ransomware,epss,asset,importance,vendor,product,version,source,affected,sure,state,since,reason,summary");
        while (true)
        {
            foreach (var one in page)
                foreach (var asset in one.Assets) await text.WriteLineAsync(Line(one.Vulnerability, asset), ct);
            if (page.Count < ExportImpact.PageSize) return;
            var next = await sender.Send(export with { AfterCve = page[^1].Vulnerability.Cve }, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }

    private static StringBuilder Line(ImpactView v, AffectedAsset a) => new StringBuilder()
        .AppendCell(v.Cve).AppendCell(v.Score?.ToString("F1", CultureInfo.InvariantCulture)).AppendCell(v.ExploitedSince?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).AppendCell(v.Ransomware ? "yes" : "").AppendCell(v.Chance?.ToString("F4", CultureInfo.InvariantCulture))
        .AppendCell(a.Name).AppendCell(a.Importance.ToString()).AppendCell(a.Vendor).AppendCell(a.Product).AppendCell(a.Version).AppendCell(a.Source.ToString()).AppendCell(a.Range is { } range ? RangeText.Of(range) : "").AppendCell(a.Doubts.Count == 0 ? "yes" : string.Join(' ', a.Doubts))
        .AppendCell(a.State.ToString()).AppendCell(a.Since.ToString("O", CultureInfo.InvariantCulture)).AppendCell(a.Decision?.Reason).AppendCell(v.Summary);
}

/// <summary>Writes ranges of versions as people read them.</summary>
internal static class RangeText
{
    /// <summary>"nginx 1.0 ≤ … &lt; 1.21.0".</summary>
    public static string Of(in AffectedRange range)
    {
        var name = range.Vendor == range.Product ? range.Product : range.Vendor + " " + range.Product;
        if (range.Version is not "*") return name + " " + range.Version;
        if (!range.IsRange) return name + " *";
        var low = range.From.Length > 0 ? range.From + (range.FromExcluded ? " < " : " ≤ ") : "";
        var high = range.To.Length > 0 ? (range.ToExcluded ? " < " : " ≤ ") + range.To : "";
        return $"{name} {low}…{high}";
    }
}
