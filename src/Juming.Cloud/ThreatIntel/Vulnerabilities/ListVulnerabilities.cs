using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Vulnerabilities;

/// <summary>Finds vulnerabilities: known exploited ones first, the latest of them before, then by how likely exploitation is.</summary>
internal sealed record ListVulnerabilities : IQuery<VulnerabilityList>, INeeds<ThreatIntelRead>
{
    /// <summary>The beginning of an identity, or part of a name, vendor or product.</summary>
    public string? Text { get; init; }

    /// <summary>Only those that are known to be exploited.</summary>
    public bool Exploited { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>A vulnerability.</summary>
/// <param name="Cve">Identity.</param>
/// <param name="Name">Name; empty where only its forecast is known.</param>
/// <param name="Vendor">Vendor.</param>
/// <param name="Product">Product.</param>
/// <param name="ExploitedSince">When it entered the catalogue of known exploited ones; null when it is not in it.</param>
/// <param name="Due">By when that catalogue wants it mended.</param>
/// <param name="Ransomware">Used by ransomware.</param>
/// <param name="Chance">Likelihood of exploitation within 30 days, 0 to 1 (EPSS); null when it is not known.</param>
/// <param name="Percentile">Share of all that is less likely, 0 to 1.</param>
/// <param name="Score">CVSS; null where nobody has said.</param>
/// <param name="Summary">What it is; empty where nobody has said.</param>
/// <param name="Ranges">Products and versions that are known to be concerned, counted.</param>
public sealed record VulnerabilityView(string Cve, string Name, string Vendor, string Product, DateTimeOffset? ExploitedSince, DateTimeOffset? Due, bool Ransomware, double? Chance, double? Percentile, double? Score, string Summary, int Ranges);

/// <summary>Vulnerabilities, and how many there are, counted up to ten thousand.</summary>
internal sealed record VulnerabilityList(IReadOnlyList<VulnerabilityView> Items, int Total);

file sealed class Validator : AbstractValidator<ListVulnerabilities>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(ThreatIntelDb db) : IQueryHandler<ListVulnerabilities, VulnerabilityList>
{
    private const int MostCounted = 10_000;

    public async Task<Result<VulnerabilityList>> Handle(ListVulnerabilities request, CancellationToken cancellationToken)
    {
        var found = db.Vulnerabilities.AsNoTracking();
        if (request.Exploited) found = found.Where(v => v.AddedAt != null);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var (begin, part) = (text.ToUpperInvariant(), text.ToLowerInvariant());
            found = CveId.Of(text) is { } cve ? found.Where(v => v.Cve == cve) : found.Where(v => v.Cve.StartsWith(begin) || v.Name.ToLower().Contains(part) || v.Vendor.ToLower().Contains(part) || v.Product.ToLower().Contains(part));
        }
        var rows = await found.OrderByDescending(v => v.AddedAt != null).ThenByDescending(v => v.AddedAt).ThenByDescending(v => v.Chance).ThenBy(v => v.Cve).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new VulnerabilityList(rows.ConvertAll(v => new VulnerabilityView(v.Cve, v.Name, v.Vendor, v.Product, v.AddedAt, v.DueAt, v.Ransomware, v.Chance, v.Percentile, v.Score > 0 ? v.Score / 10.0 : null, v.Summary, v.RangeCount)), await found.Take(MostCounted).CountAsync(cancellationToken));
    }
}
