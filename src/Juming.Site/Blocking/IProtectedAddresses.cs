namespace Juming.Site.Blocking;

/// <summary>
/// Knows what must never be blocked. Whatever sets a block on a device asks here last, after everything else has agreed: no playbook, person or tier above
/// can go round it.
/// </summary>
public interface IProtectedAddresses
{
    /// <summary>Reads a target in any notation that a device might understand, and tells why it may not be blocked.</summary>
    /// <param name="target">Address, range or name as it would be typed.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<TargetCheck> Check(string target, CancellationToken ct);
}

/// <summary>What became of a check.</summary>
/// <param name="Target">The target in normal form; null when it can't be read.</param>
/// <param name="Refusal">Code of why it may not be blocked, "protected", "too-wide", "unreadable", "ambiguous", "name"; null when it may.</param>
/// <param name="Entry">The protected entry that it touches, "gateway 10.0.0.1"; null when there is none.</param>
public sealed record TargetCheck(string? Target, string? Refusal, string? Entry)
{
    /// <summary>All protected entries that it touches, <see cref="Entry"/> first: an address may lie in a narrow harmless one and in a wide one that is not.</summary>
    public IReadOnlyList<string> Entries { get; init; } = Entry is null ? [] : [Entry];

    /// <summary>It may be blocked only where two people agreed: IPv4 wider than /24.</summary>
    public bool Wide { get; init; }
}
