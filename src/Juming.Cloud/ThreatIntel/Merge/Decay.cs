using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>
/// How a statement loses weight after it was last seen: MISP's polynomial model, 1 - (t/τ)^(1/δ), with lifetimes τ by what the value is and what it is a sign of. Addresses
/// change hands within weeks, a file's hash means the same for ever.
/// </summary>
internal static class Decay
{
    /// <summary>What is left, 0 to 1.</summary>
    public static double Left(IndicatorKind kind, ThreatKind threat, TimeSpan age)
    {
        if (age <= TimeSpan.Zero) return 1;
        var (days, speed) = Lifetime(kind, threat);
        return Math.Max(0, 1 - Math.Pow(age.TotalDays / days, 1 / speed));
    }

    private static (double Days, double Speed) Lifetime(IndicatorKind kind, ThreatKind threat) => (kind, threat) switch
    {
        (IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256, _) => (3650, 5),
        (_, ThreatKind.Phishing) => (5, 2.3),
        (_, ThreatKind.Scanner or ThreatKind.Spam or ThreatKind.Anonymizer) => (14, 1),
        (IndicatorKind.Address or IndicatorKind.Network, _) => (45, 2),
        (IndicatorKind.Domain, _) => (120, 2),
        _ => (30, 1.5),
    };
}
