using System.Text.Json.Serialization;

namespace Juming.Site.Incidents;

/// <summary>How alerts went from one incident to another.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum MoveKind
{
    /// <summary>All of them: the first incident became part of the second.</summary>
    Merge,

    /// <summary>Some of them: the second incident was made of them.</summary>
    Split,
}

/// <summary>What a piece of evidence is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum EvidenceKind
{
    /// <summary>A stored log event.</summary>
    Event,

    /// <summary>What a person noted.</summary>
    Note,

    /// <summary>A file.</summary>
    File,
}
