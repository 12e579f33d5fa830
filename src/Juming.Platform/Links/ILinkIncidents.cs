namespace Juming.Platform.Links;

/// <summary>Whoever must hear of what a peer did that no peer in order does.</summary>
internal interface ILinkIncidents
{
    /// <summary>Tells it: audited, and to those who look after the links.</summary>
    Task Tell(LinkIncident kind, Guid peer, string from, CancellationToken ct);
}

/// <summary>What a peer in order never does.</summary>
internal enum LinkIncident
{
    /// <summary>A token came a second time, with another key.</summary>
    TokenUsedTwice,

    /// <summary>A process came back whose identity another one has taken over: there are two of it.</summary>
    Cloned,

    /// <summary>The two have taken over from each other again and again; the identity is shut out until somebody looks.</summary>
    Quarantined,

    /// <summary>A certificate of this authority that is not that of its peer any more.</summary>
    OldCertificate,
}
