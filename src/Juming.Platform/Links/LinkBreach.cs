namespace Juming.Platform.Links;

/// <summary>What came can't come from a host in order, of whatever release: the connection ends, and it is told.</summary>
internal sealed class LinkBreachException(string what) : Exception("The other end broke the protocol: " + what)
{
    /// <summary>What it did, as a stable code.</summary>
    public string What { get; } = what;
}
