using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>What the merge needs to know of a source.</summary>
/// <param name="Weight">How much its word counts, 0 to 1.</param>
/// <param name="Group">Sources of one group copy each other.</param>
/// <param name="SeenAt">When it was last read whole, if it is a list that is read whole; its standing statements were seen then.</param>
/// <param name="MayPass">Its licence lets its word be passed on.</param>
internal sealed record SourceWeight(double Weight, string Group, DateTimeOffset? SeenAt, bool MayPass)
{
    public static SourceWeight Of(SourceRow row) => new(WeightOf(row.Reliability), row.Group.Length > 0 ? row.Group : row.Id.ToString("N"), row.Kind is SourceKind.Text or SourceKind.Csv or SourceKind.Json or SourceKind.Stix ? row.LastOkAt : null, row.MayDistribute);

    private static double WeightOf(Reliability reliability) => reliability switch { Reliability.A => .95, Reliability.B => .85, Reliability.C => .7, Reliability.D => .5, Reliability.E => .3, _ => .5 };
}

/// <summary>What all sources together say of a value.</summary>
internal static class Standing
{
    private const int Surest = 99;
    private const double OnWarningList = .2;

    /// <summary>
    /// Puts the claims together. Independent groups add to each other as chances do, 1 - ∏(1 - p); inside a group the surest counts. A warning list takes four fifths. What a
    /// person decided stands above all of it.
    /// </summary>
    public static void Merge(IndicatorRow row, IEnumerable<ClaimRow> claims, IReadOnlyDictionary<Guid, SourceWeight> sources, int activeFrom, DateTimeOffset now)
    {
        var standing = new List<StandingClaim>(2);
        var (count, tlp, threat, last) = (0, (Tlp?)null, ThreatKind.Unknown, DateTimeOffset.MinValue);
        foreach (var claim in claims)
        {
            if (claim.WithdrawnAt is not null || claim.ValidUntil <= now || !sources.TryGetValue(claim.SourceId, out var source)) continue;
            var seen = source.SeenAt > claim.LastSeen ? source.SeenAt.Value : claim.LastSeen;
            standing.Add(new(source.Group, source.Weight * claim.Confidence / 100, claim.Threat, seen, claim.ValidUntil, source.MayPass && claim.Tlp < Tlp.Red));
            if (Severity(claim.Threat) > Severity(threat) || threat == ThreatKind.Unknown) threat = claim.Threat;
            // The laxest of those who say it: who may pass on one's word may pass on the value.
            if (tlp is null || claim.Tlp < tlp) tlp = claim.Tlp;
            if (seen > last) last = seen;
            count++;
        }
        if (standing.Count > 1) standing.Sort(static (a, b) => string.CompareOrdinal(a.Group, b.Group));
        row.Confidence = Confidence(row, standing, now);
        (row.Sources, row.Severity) = (count, Severity(threat));
        if (count > 0) (row.Threat, row.Tlp, row.LastSeen) = (threat, tlp ?? row.Tlp, last);
        var counts = count > 0 && row.Confidence >= activeFrom;
        row.State = row.Decision ?? (counts ? IndicatorState.Active : IndicatorState.Decayed);
        row.ExpiresAt = counts ? Expiry.Of(row, standing, activeFrom, now) : null;
    }

    /// <summary>How sure all of them are together at an instant. Claims of one group lie beside each other.</summary>
    public static int Confidence(IndicatorRow row, List<StandingClaim> standing, DateTimeOffset at)
    {
        var (none, surest, group) = (1.0, 0.0, "");
        foreach (var claim in standing)
        {
            if (claim.Group != group)
            {
                none *= 1 - surest;
                (surest, group) = (0, claim.Group);
            }
            if (!(claim.Until <= at)) surest = Math.Max(surest, claim.Weight * Decay.Left(row.Kind, claim.Threat, at - claim.Seen));
        }
        return Math.Min(Surest, (int)Math.Round(100 * (1 - (none * (1 - surest))) * (row.Warnings.Length > 0 ? OnWarningList : 1)));
    }

    /// <summary>1 low to 4 critical.</summary>
    public static int Severity(ThreatKind threat) => threat switch
    {
        ThreatKind.C2 or ThreatKind.Ransomware => 4,
        ThreatKind.Malware or ThreatKind.Phishing or ThreatKind.Exploit => 3,
        ThreatKind.Unknown => 2,
        _ => 1,
    };
}
