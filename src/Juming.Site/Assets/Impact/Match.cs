using System.Text.RegularExpressions;
using Juming.Contracts.Vulnerabilities;
using Juming.Site.Assets.Data;

namespace Juming.Site.Assets.Impact;

/// <summary>Why somebody has to look whether a vulnerability concerns software.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
public enum Doubt
{
    /// <summary>Nobody says which version it is.</summary>
    VersionUnknown,

    /// <summary>Nobody says who makes it; a product of this name is concerned.</summary>
    VendorUnknown,

    /// <summary>A distribution built it, and mends without a new number.</summary>
    BuiltByDistribution,

    /// <summary>Only together with another product.</summary>
    NeedsAnother,
}

/// <summary>Why a vulnerability concerns software: the statement that it fits, and what is doubtful.</summary>
internal sealed record Why(AffectedRange Range, IReadOnlyList<Doubt> Doubts);

/// <summary>Software as it is held against vulnerabilities.</summary>
internal sealed partial class Candidate
{
    private readonly string _version;
    private readonly bool _distribution;

    public Candidate(SoftwareRow row)
    {
        (Id, Names) = (row.Id, ProductNames.Of(row));
        _distribution = ByDistribution().IsMatch(row.Version);
        var version = row.Version.Split([' ', '('], 2)[0];
        // A distribution's own number comes after the maker's.
        if (_distribution && version.LastIndexOf('-') is > 0 and var dash) version = version[..dash];
        if (_distribution && version.IndexOf(':') is > 0 and var colon) version = version[(colon + 1)..];
        _version = version;
    }

    public Guid Id { get; }

    public IReadOnlyList<ProductName> Names { get; }

    /// <summary>Holds a vulnerability against it: the surest of its ranges that fits, or null.</summary>
    public Why? Judge(VulnerabilityEntry entry)
    {
        Why? best = null;
        foreach (var range in entry.Ranges)
        {
            if (Judge(range) is not { } why) continue;
            if (why.Doubts.Count == 0) return why;
            if (best is null || why.Doubts.Count < best.Doubts.Count) best = why;
        }
        return best;
    }

    private Why? Judge(in AffectedRange range)
    {
        var named = false;
        var vendorKnown = false;
        foreach (var name in Names)
        {
            if (name.Product != range.Product || (name.Vendor is not null && name.Vendor != range.Vendor) || (name.Part != '*' && range.Part != '*' && name.Part != range.Part)) continue;
            named = true;
            vendorKnown |= name.Vendor is not null;
        }
        if (!named) return null;
        var doubts = new List<Doubt>();
        if (_version.Length == 0) doubts.Add(Doubt.VersionUnknown);
        else if (!range.Holds(_version)) return null;
        if (!vendorKnown) doubts.Add(Doubt.VendorUnknown);
        if (_distribution) doubts.Add(Doubt.BuiltByDistribution);
        if (range.Needs) doubts.Add(Doubt.NeedsAnother);
        return new Why(range, doubts);
    }

    [GeneratedRegex(@"deb\d|debian|ubuntu|\bel\d|\.el\d|\.fc\d|amzn|\+dfsg|centos|red ?hat|rhel|suse|openeuler|\.oe\d|\.ky\d|kylin|anolis|\.an\d|raspbian|freebsd", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 200)]
    private static partial Regex ByDistribution();
}

/// <summary>The site's software by product, so that vulnerabilities that concern none of it are passed over.</summary>
internal sealed class CandidateIndex
{
    private readonly Dictionary<string, List<Candidate>> _byProduct = new(StringComparer.Ordinal);

    public CandidateIndex(IEnumerable<SoftwareRow> rows)
    {
        foreach (var row in rows)
        {
            var candidate = new Candidate(row);
            Count++;
            foreach (var product in candidate.Names.Select(n => n.Product).Distinct())
            {
                if (!_byProduct.TryGetValue(product, out var list)) _byProduct[product] = list = [];
                list.Add(candidate);
            }
        }
    }

    public int Count { get; }

    /// <summary>True for a product that some software may be.</summary>
    public bool Has(string vendor, string product) => _byProduct.TryGetValue(product, out var list) && list.Exists(c => c.Names.Any(n => n.Product == product && (n.Vendor is null || n.Vendor == vendor)));

    /// <summary>What a vulnerability concerns.</summary>
    public IEnumerable<(Candidate Software, Why Why)> Judge(VulnerabilityEntry entry)
    {
        var seen = new HashSet<Guid>();
        foreach (var product in entry.Ranges.Select(r => r.Product).Distinct())
            foreach (var candidate in _byProduct.TryGetValue(product, out var list) ? list : [])
                if (seen.Add(candidate.Id) && candidate.Judge(entry) is { } why) yield return (candidate, why);
    }
}
