namespace Juming.Platform.Links;

/// <summary>What people call the hosts below this one; answered by the module that keeps them. Whoever publishes asks what became of it there.</summary>
public interface IPeerNames
{
    /// <summary>Names of those that the caller may see, without the archived, by the identity of their peer.</summary>
    Task<IReadOnlyDictionary<Guid, string>> Below(CancellationToken ct);
}
