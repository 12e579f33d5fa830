using Juming.Platform.Content.Keep;
using Juming.Platform.Links;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Content.Sync;

/// <summary>The content of this host, for the modules that use it and for those below that fetch it.</summary>
internal sealed class ContentDesk(TrustBook book, BlobShelf shelf, IServiceProvider services) : IContent, IBulkShelf
{
    // A tier without links has content from bundles, or its own.
    private readonly Lazy<IUpperBulk?> _above = new(services.GetService<IUpperBulk>);
    private readonly Lazy<ILinkNews?> _below = new(services.GetService<ILinkNews>);

    /// <summary>Where content lies.</summary>
    public BlobShelf Shelf => shelf;

    /// <summary>Rings when content is to be looked at again.</summary>
    public Bell UseBell { get; } = new();

    /// <summary>Rings when the host above is to be asked.</summary>
    public Bell AskBell { get; } = new();

    /// <summary>The host above; null in a tier without links.</summary>
    public IUpperBulk? Above => _above.Value;

    /// <inheritdoc/>
    public IReadOnlyList<ContentTarget> Targets => book.Last?.Targets ?? [];

    /// <inheritdoc/>
    public void LookAgain() => UseBell.Ring();

    /// <summary>What is believed has changed: used here, and told to those below.</summary>
    public void Changed()
    {
        UseBell.Ring();
        _below.Value?.Tell();
    }

    /// <inheritdoc/>
    public async Task<Guid> Self(CancellationToken ct) => (await book.Host(ct)).Id;

    /// <inheritdoc/>
    public async Task<byte[]> Get(byte[] sha256, long length, CancellationToken ct)
    {
        if (await shelf.Read(sha256, length, ct) is { } here) return here;
        if (Above is null || await Above.Upper(ct) is null) throw new ContentRefusedException(ContentErrors.Away.With("reason", "not-joined"));
        if (await new LinkOrigin(Above, shelf).Fetch(sha256, length, ct) && await shelf.Read(sha256, length, ct) is { } came) return came;
        throw new ContentRefusedException(ContentErrors.OtherHash.With("file", Convert.ToHexStringLower(sha256)[..12]));
    }

    /// <inheritdoc/>
    public async Task<BulkHead?> Head(CancellationToken ct) => (await book.Now(ct))?.Head;

    /// <inheritdoc/>
    public Task<byte[]?> Root(long version, CancellationToken ct) => book.Root(version, ct);

    /// <inheritdoc/>
    public Task<Stream?> Open(ReadOnlyMemory<byte> sha256, CancellationToken ct) => Task.FromResult<Stream?>(shelf.Open(sha256.ToArray()));
}
