using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Site.ThreatIntel.Sets;

namespace Juming.Site.ThreatIntel;

/// <summary>What the host above is told of threat intelligence: which set of its own is in force here, and how many indicators that is.</summary>
internal sealed class IntelHealth(IndicatorSet set) : IHealthPart
{
    public Task Fill(SiteHealth to, CancellationToken ct)
    {
        var now = set.Standing;
        to.IntelSet = (ulong)Math.Max(0, now.Version);
        to.IntelIndicators = (ulong)Math.Max(0, now.Kinds.Values.Sum() + now.Added - now.Withdrawn);
        return Task.CompletedTask;
    }
}
