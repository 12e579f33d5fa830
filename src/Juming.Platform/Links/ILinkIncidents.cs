namespace Juming.Platform.Links;

/// <summary>Whoever must hear of what a peer did that no peer in order does.</summary>
internal interface ILinkIncidents
{
    /// <summary>Tells it: audited, and to those who look after the links.</summary>
    /// <param name="kind">What it did.</param>
    /// <param name="peer">Who.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="what">More about it, as a stable code.</param>
    Task Tell(LinkIncident kind, Guid peer, string from, CancellationToken ct, string what = "");
}

/// <summary>What a peer in order never does.</summary>
internal enum LinkIncident
{
    /// <summary>A token came a second time, with another key.</summary>
    TokenUsedTwice,

    /// <summary>Something came that is no token of this host.</summary>
    TokenWrong,

    /// <summary>A process came back whose identity another one has taken over: there are two of it.</summary>
    Cloned,

    /// <summary>It has done so again and again; the identity is shut out until somebody looks.</summary>
    Quarantined,

    /// <summary>A certificate of this authority that is not that of its peer any more.</summary>
    OldCertificate,

    /// <summary>A message that no release of this program sends.</summary>
    Breach,
}
