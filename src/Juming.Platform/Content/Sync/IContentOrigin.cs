using Juming.Platform.Links;

namespace Juming.Platform.Content.Sync;

/// <summary>Where content comes from: the host above, or a bundle. Nothing that it says is believed before it was checked.</summary>
internal interface IContentOrigin
{
    /// <summary>The newest head; null when it is the one that is known.</summary>
    Task<BulkHead?> Head(byte[] known, CancellationToken ct);

    /// <summary>A root; null when there is none of this version.</summary>
    Task<byte[]?> Root(long version, CancellationToken ct);

    /// <summary>Brings content to the shelf; false when what came is not what it should be.</summary>
    /// <exception cref="Handlers.RefusalException">It can't be had.</exception>
    Task<bool> Fetch(byte[] sha256, long length, CancellationToken ct);
}
