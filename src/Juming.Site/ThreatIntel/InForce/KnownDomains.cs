using System.Text;
using Juming.Contracts.Indicators;
using Juming.Platform.Links;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.InForce;

/// <summary>Tells the gate which domains came from above: those of the set in force, by the whole name. The site's own are none of them.</summary>
internal sealed class KnownDomains(IndicatorsInForce inForce) : IKnownDomains
{
    /// <inheritdoc/>
    public bool IsKnown(string domain)
    {
        var (probe, view) = (new IndicatorProbe(), inForce.Now.View);
        probe.Begin(view);
        probe.Add(IndicatorKind.Domain, Encoding.UTF8.GetBytes(domain), 0);
        foreach (var hit in probe.Run())
            // A name below one that is known may say anything of the customer's: it is another name.
            if (view.Resolve(hit) is ({ Value: { Kind: IndicatorKind.Domain } value }, false) && value.Value == domain) return true;
        return false;
    }
}
