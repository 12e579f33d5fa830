using Juming.Contracts.Egress;
using Juming.Platform.Links;

namespace Juming.Operator.Customers.Sites;

/// <summary>How many vulnerabilities concern a site's software, as it last said; the assets themselves stay there.</summary>
/// <param name="At">When it came, by the clock here.</param>
/// <param name="KnownAt">When what the site knows of vulnerabilities was published.</param>
/// <param name="Critical">Open ones of 9.0 and more.</param>
/// <param name="High">Open ones of 7.0 to 8.9.</param>
/// <param name="Medium">Open ones of 4.0 to 6.9.</param>
/// <param name="Low">Open ones below.</param>
/// <param name="Unrated">Open ones that nobody has rated.</param>
/// <param name="Exploited">Of all open ones, known to be exploited.</param>
/// <param name="Assets">Assets that open ones concern.</param>
/// <param name="AssetsExploited">Of these, with one that is exploited.</param>
/// <param name="Named">The gravest one by one, where the customer lets that out; else empty.</param>
internal sealed record SiteImpact(DateTimeOffset At, DateTimeOffset? KnownAt, long Critical, long High, long Medium, long Low, long Unrated, long Exploited, long Assets, long AssetsExploited, IReadOnlyList<SiteVulnerability> Named)
{
    /// <summary>Of a site's latest values; null while it has said nothing of it.</summary>
    public static SiteImpact? Of(IReadOnlyList<ArrivedValue> values)
    {
        ImpactByVulnerability? named = null;
        (ImpactCounts Counts, DateTimeOffset At)? found = null;
        foreach (var value in values)
        {
            switch (UpwardMessages.Read(value.Type, value.Payload))
            {
                case ImpactCounts counts: found = (counts, value.ReceivedAt); break;
                case ImpactByVulnerability list: named = list; break;
                default: break;
            }
        }
        if (found is not var (c, at)) return null;
        return new SiteImpact(
            at, UpwardMessages.InstantOf(c.KnownAt),
            c.OpenCritical, c.OpenHigh, c.OpenMedium, c.OpenLow, c.OpenUnrated, c.OpenExploited, c.AssetsAffected, c.AssetsExploited, named is null ? [] : Rows(named));
    }

    // What stands at one place of each list belongs together; a site whose lists differ in length has said nothing of the rest.
    private static List<SiteVulnerability> Rows(ImpactByVulnerability list) =>
        [.. list.Cves.Zip(list.CveAssetsAffected, list.CveAssetsRemediated).Select(one => new SiteVulnerability(one.First, one.Second, one.Third))];
}

/// <summary>A vulnerability that concerns assets of a site.</summary>
/// <param name="Cve">Identity.</param>
/// <param name="Affected">Assets that it concerns.</param>
/// <param name="Remediated">Assets whose software is gone or another by now.</param>
internal sealed record SiteVulnerability(string Cve, long Affected, long Remediated);
