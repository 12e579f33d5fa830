namespace Juming.Platform.Library;

/// <summary>Knows the hosts below this one by name; answered by the module that keeps them. The library asks what became of its packs there.</summary>
public interface IPackAudience
{
    /// <summary>Hosts below that the caller may see, without those that were archived.</summary>
    Task<IReadOnlyList<PackReader>> Below(CancellationToken ct);
}

/// <summary>A host below.</summary>
/// <param name="Peer">Its identity on the link.</param>
/// <param name="Name">What people call it.</param>
public sealed record PackReader(Guid Peer, string Name);
