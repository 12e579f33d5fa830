namespace Juming.Platform.Links;

/// <summary>What this host gives to those below it over the bulk connection; whoever holds content implements it.</summary>
public interface IBulkShelf
{
    /// <summary>The newest signed head; null while there is none.</summary>
    Task<BulkHead?> Head(CancellationToken ct);

    /// <summary>The signed root of a version; null when there is none.</summary>
    Task<byte[]?> Root(long version, CancellationToken ct);

    /// <summary>Content by its SHA-256; null for what is not part of what was published. The caller disposes it.</summary>
    Task<Stream?> Open(ReadOnlyMemory<byte> sha256, CancellationToken ct);
}

/// <summary>The newest signed head.</summary>
/// <param name="Hash">SHA-256 that stands for it.</param>
/// <param name="RootVersion">Version of the newest root.</param>
/// <param name="Timestamp">The signed timestamp, as it was made.</param>
/// <param name="Own">Signed lists of the relaying host's own delegation.</param>
public sealed record BulkHead(byte[] Hash, long RootVersion, byte[] Timestamp, IReadOnlyList<byte[]> Own);

/// <summary>Tells those below that there is something newer to fetch.</summary>
public interface ILinkNews
{
    /// <summary>Tells all that are connected now; others are told when they come.</summary>
    void Tell();
}

/// <summary>Fetches content from the host above over a connection of its own, which is opened on demand.</summary>
public interface IUpperBulk
{
    /// <summary>Identity of the host above; null while this one has joined nobody.</summary>
    Task<Guid?> Upper(CancellationToken ct);

    /// <summary>Hash of the head that the host above named last; null before it has.</summary>
    byte[]? Newest { get; }

    /// <summary>Ends when the host above has told something, or after the time.</summary>
    Task Told(TimeSpan atMost, CancellationToken ct);

    /// <summary>The newest head; null when it is the one that the caller has.</summary>
    /// <exception cref="UpperAwayException">The host above can't be asked.</exception>
    Task<BulkHead?> Head(byte[] known, CancellationToken ct);

    /// <summary>A root; null when the host above has none of this version.</summary>
    /// <exception cref="UpperAwayException">The host above can't be asked.</exception>
    Task<byte[]?> Root(long version, CancellationToken ct);

    /// <summary>Content from an offset on.</summary>
    /// <exception cref="UpperAwayException">The host above can't be asked, or the stream broke off.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> Get(byte[] sha256, long offset, CancellationToken ct);

    /// <summary>Closes the connection; the next question opens another.</summary>
    void Close();
}

/// <summary>The host above can't be asked.</summary>
/// <param name="reason">Why, a stable code: "not-joined", "gone" for content that it does not have, or what a link says.</param>
/// <param name="inner">What happened.</param>
public sealed class UpperAwayException(string reason, Exception? inner = null) : Exception($"The host above can't be asked ({reason}).", inner)
{
    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}
