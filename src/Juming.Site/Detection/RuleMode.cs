using System.Text.Json.Serialization;

namespace Juming.Site.Detection;

/// <summary>What a rule's matches do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum RuleMode
{
    /// <summary>They become alerts.</summary>
    Enabled,

    /// <summary>They are counted only.</summary>
    Silent,

    /// <summary>The rule is not evaluated.</summary>
    Disabled,
}

/// <summary>What a person found an alert to be.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum Verdict
{
    /// <summary>A real attack.</summary>
    TruePositive,

    /// <summary>It happened and was authorised.</summary>
    BenignTruePositive,

    /// <summary>Nothing like the claim happened.</summary>
    FalsePositive,

    /// <summary>The evidence is not enough; an expert must look.</summary>
    Suspicious,

    /// <summary>Another alert says the same.</summary>
    Duplicate,
}
