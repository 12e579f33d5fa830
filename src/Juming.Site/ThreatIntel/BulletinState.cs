using System.Text.Json.Serialization;

namespace Juming.Site.ThreatIntel;

/// <summary>Where a bulletin stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum BulletinState
{
    /// <summary>It has come.</summary>
    Received,

    /// <summary>Somebody has read it and answers for it.</summary>
    Acknowledged,

    /// <summary>What it asks for is done.</summary>
    Done,

    /// <summary>Its sender has been answered.</summary>
    Answered,
}

/// <summary>Where a bulletin comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum BulletinOrigin
{
    /// <summary>Entered at this site.</summary>
    Here,

    /// <summary>Signed by the operator.</summary>
    Operator,

    /// <summary>Signed by the cloud.</summary>
    Cloud,
}
