using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Upper;

/// <summary>What there is for those below; nothing in a tier that holds no content.</summary>
internal sealed class BulkShelves(IServiceProvider services, Connections connections) : ILinkNews
{
    // Looked up late: whoever holds content may itself ask for the links.
    private readonly Lazy<IBulkShelf?> _shelf = new(services.GetService<IBulkShelf>);

    /// <summary>The shelf.</summary>
    public IBulkShelf? Shelf => _shelf.Value;

    /// <inheritdoc/>
    public void Tell() => connections.TellNews();

    /// <summary>Hash of the newest head; null while there is none.</summary>
    public async Task<byte[]?> HeadHash(CancellationToken ct) => Shelf is { } shelf ? (await shelf.Head(ct))?.Hash : null;
}

/// <summary>How many streams a peer may have open at once: who asks for everything a hundred times gets it one after the other.</summary>
internal sealed class BulkTurns
{
    private const int MostAtOnce = 4;

    private readonly ConcurrentDictionary<Guid, int> _open = new();

    /// <summary>Takes a turn; false when the peer has all that it may.</summary>
    public bool TryEnter(Guid peer)
    {
        if (_open.AddOrUpdate(peer, 1, (_, open) => open + 1) <= MostAtOnce) return true;
        Leave(peer);
        return false;
    }

    /// <summary>Gives it back.</summary>
    public void Leave(Guid peer) => _open.AddOrUpdate(peer, 0, (_, open) => open - 1);
}
