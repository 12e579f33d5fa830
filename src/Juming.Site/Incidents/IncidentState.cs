using System.Text.Json.Serialization;

namespace Juming.Site.Incidents;

/// <summary>How far the work on an incident is. Each step but the last two sets one clock.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum IncidentState
{
    /// <summary>Detected; nobody has taken it.</summary>
    New,

    /// <summary>Someone has taken it and looks.</summary>
    Acknowledged,

    /// <summary>It has a verdict.</summary>
    Judged,

    /// <summary>The attack can't go on.</summary>
    Contained,

    /// <summary>The cause is removed and that was checked.</summary>
    Resolved,

    /// <summary>Done, with a verdict and a reason.</summary>
    Closed,

    /// <summary>Its alerts are part of another incident.</summary>
    Merged,
}

/// <summary>Order of work: not the same as severity, for it also looks at the asset and at what came of the attack.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum IncidentPriority
{
    /// <summary>Drop everything.</summary>
    P1 = 1,

    /// <summary>Now.</summary>
    P2 = 2,

    /// <summary>Today.</summary>
    P3 = 3,

    /// <summary>When there is time.</summary>
    P4 = 4,
}
