using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>Identities of indicators at the cloud: those of all tiers.</summary>
internal static class IndicatorIds
{
    public static Guid Of(IndicatorValue value) => IndicatorIdentity.Of(value);
}
