using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Impact;

/// <summary>What became of a vulnerability at the site.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
public enum ImpactState
{
    /// <summary>It concerns assets, and nothing was decided about them.</summary>
    Open,

    /// <summary>People said why it does not concern the assets.</summary>
    NotAffected,

    /// <summary>The software is gone, or another version by now.</summary>
    Remediated,

    /// <summary>A person wants it out of sight.</summary>
    Muted,
}

/// <summary>How grave a vulnerability is, by the bands of CVSS.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
public enum Band
{
    /// <summary>Nobody has said.</summary>
    Unrated,

    /// <summary>0.1 to 3.9.</summary>
    Low,

    /// <summary>4.0 to 6.9.</summary>
    Medium,

    /// <summary>7.0 to 8.9.</summary>
    High,

    /// <summary>9.0 to 10.</summary>
    Critical,
}

/// <summary>Vulnerabilities that concern the site: known exploited ones first, then by how grave and how likely to be exploited.</summary>
internal sealed record ListImpact : IQuery<ImpactPage>, INeeds<AssetsRead>
{
    /// <summary>A CVE, or part of what it is.</summary>
    public string? Text { get; init; }
    public ImpactState State { get; init; }

    /// <summary>Only known exploited ones.</summary>
    public bool Exploited { get; init; }

    /// <summary>No less grave than this.</summary>
    public Band Least { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>A vulnerability that concerns the site.</summary>
/// <param name="Cve">Identity.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Score">CVSS; null when nobody has said.</param>
/// <param name="Band">By it.</param>
/// <param name="ExploitedSince">When it entered the catalogue of known exploited ones.</param>
/// <param name="Due">By when that catalogue wants it mended.</param>
/// <param name="Ransomware">Used by ransomware.</param>
/// <param name="Chance">Likelihood of exploitation within 30 days, 0 to 1.</param>
/// <param name="Since">When it was first found here.</param>
/// <param name="Open">Assets that it concerns.</param>
/// <param name="Likely">Of these, such where somebody has to look.</param>
/// <param name="NotAffected">Assets that a person took out.</param>
/// <param name="Remediated">Assets whose software is gone or another by now.</param>
/// <param name="Muted">A person wants it out of sight.</param>
internal sealed record ImpactView(string Cve, string Summary, double? Score, Band Band, DateTimeOffset? ExploitedSince, DateTimeOffset? Due, bool Ransomware, double? Chance, DateTimeOffset Since, int Open, int Likely, int NotAffected, int Remediated, bool Muted);

/// <summary>Vulnerabilities, how many there are, and how they stand.</summary>
/// <param name="Items">A page of them.</param>
/// <param name="Total">All that fit.</param>
/// <param name="Counts">All that are open, by gravity.</param>
/// <param name="Exploited">Open and known to be exploited.</param>
/// <param name="Assets">Assets that open ones concern.</param>
/// <param name="Published">When what is known was published; null when nothing has come.</param>
/// <param name="IsFull">There are more findings than the site keeps.</param>
internal sealed record ImpactPage(IReadOnlyList<ImpactView> Items, int Total, IReadOnlyDictionary<Band, int> Counts, int Exploited, int Assets, DateTimeOffset? Published, bool IsFull);

/// <summary>Assets that vulnerabilities concern, the worst first.</summary>
internal sealed record ListExposures : IQuery<ExposurePage>, INeeds<AssetsRead>
{
    /// <summary>Part of a name, owner or business.</summary>
    public string? Text { get; init; }

    /// <summary>Only those with known exploited ones.</summary>
    public bool Exploited { get; init; }

    /// <summary>No less grave than this.</summary>
    public Band Least { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>An asset with its open vulnerabilities.</summary>
internal sealed record ExposureView(Guid Asset, string Name, AssetImportance Importance, string Owner, string Business, int Open, int Critical, int High, int Exploited, double? Score);

/// <summary>Assets, and how many there are.</summary>
internal sealed record ExposurePage(IReadOnlyList<ExposureView> Items, int Total);

file sealed class Validator : AbstractValidator<ListImpact>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Least).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class ExposureValidator : AbstractValidator<ListExposures>
{
    public ExposureValidator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Least).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(AssetsDb db, ImpactDesk desk, Juming.Platform.Content.IContent content) : IQueryHandler<ListImpact, ImpactPage>, IQueryHandler<ListExposures, ExposurePage>
{
    public async Task<Result<ImpactPage>> Handle(ListImpact request, CancellationToken cancellationToken)
    {
        var found = ImpactFilter.Apply(db.Vulnerabilities.AsNoTracking(), request);
        var rows = await found.OrderByDescending(v => v.ExploitedAt != null).ThenByDescending(v => v.Score).ThenByDescending(v => v.Chance).ThenBy(v => v.Cve).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var open = db.Vulnerabilities.Where(v => v.Open > 0 && !v.Muted);
        var counts = await open.GroupBy(v => v.Score >= Scores.Critical ? 4 : v.Score >= Scores.High ? 3 : v.Score >= Scores.Medium ? 2 : v.Score > 0 ? 1 : 0).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return new ImpactPage(rows.ConvertAll(ImpactFilter.View), await found.CountAsync(cancellationToken), counts.ToDictionary(c => (Band)c.Key, c => c.Count), await open.CountAsync(v => v.ExploitedAt != null, cancellationToken), await db.Exposures.CountAsync(cancellationToken), content.Targets.FirstOrDefault(t => t.Path == ImpactDesk.Path)?.PublishedAt, desk.IsFull);
    }

    public async Task<Result<ExposurePage>> Handle(ListExposures request, CancellationToken cancellationToken)
    {
        var found = db.Exposures.AsNoTracking().Join(db.Assets.AsNoTracking(), e => e.AssetId, a => a.Id, (e, a) => new { Exposure = e, Asset = a });
        if (request.Exploited) found = found.Where(r => r.Exposure.Exploited > 0);
        var least = ImpactFilter.LeastOf(request.Least);
        if (least > 0) found = found.Where(r => r.Exposure.Score >= least);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = ImpactFilter.Like(text);
            found = found.Where(r => EF.Functions.Like(r.Asset.Name, part, "\\") || EF.Functions.Like(r.Asset.Owner, part, "\\") || EF.Functions.Like(r.Asset.Business, part, "\\"));
        }
        var rows = await found.OrderByDescending(r => r.Exposure.Exploited).ThenByDescending(r => r.Exposure.Critical).ThenByDescending(r => r.Exposure.High).ThenByDescending(r => r.Exposure.Open).ThenBy(r => r.Asset.Name).ThenBy(r => r.Asset.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new ExposurePage(rows.ConvertAll(r => new ExposureView(r.Asset.Id, r.Asset.Name, (AssetImportance)r.Asset.Importance, r.Asset.Owner, r.Asset.Business, r.Exposure.Open, r.Exposure.Critical, r.Exposure.High, r.Exposure.Exploited, ImpactFilter.Cvss(r.Exposure.Score))), await found.CountAsync(cancellationToken));
    }
}

/// <summary>What lists and exports of vulnerabilities have in common.</summary>
internal static class ImpactFilter
{
    public static IQueryable<VulnerabilityRow> Apply(IQueryable<VulnerabilityRow> rows, ListImpact request)
    {
        rows = request.State switch
        {
            ImpactState.Muted => rows.Where(v => v.Muted),
            ImpactState.NotAffected => rows.Where(v => v.Settled > 0 && !v.Muted),
            ImpactState.Remediated => rows.Where(v => v.Mended > 0 && !v.Muted),
            _ => rows.Where(v => v.Open > 0 && !v.Muted),
        };
        if (request.Exploited) rows = rows.Where(v => v.ExploitedAt != null);
        var least = LeastOf(request.Least);
        if (least > 0) rows = rows.Where(v => v.Score >= least);
        if (request.Text?.Trim() is not { Length: > 0 } text) return rows;
        var part = Like(text);
        return rows.Where(v => EF.Functions.Like(v.Cve, part.ToUpperInvariant(), "\\") || EF.Functions.Like(v.Summary, part, "\\"));
    }

    public static ImpactView View(VulnerabilityRow v) => new(v.Cve, v.Summary, Cvss(v.Score), BandOf(v.Score), v.ExploitedAt, v.DueAt, v.Ransomware, v.Chance / 10_000.0, v.Since, v.Open, v.Likely, v.Settled, v.Mended, v.Muted);

    public static double? Cvss(int score) => score > 0 ? score / 10.0 : null;

    public static Band BandOf(int score) => score switch { >= Scores.Critical => Band.Critical, >= Scores.High => Band.High, >= Scores.Medium => Band.Medium, > 0 => Band.Low, _ => Band.Unrated };

    public static int LeastOf(Band band) => band switch { Band.Critical => Scores.Critical, Band.High => Scores.High, Band.Medium => Scores.Medium, Band.Low => 1, _ => 0 };

    public static string Like(string text) => "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
