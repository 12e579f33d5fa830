using Juming.Platform.Links.Data;
using Juming.Platform.Links.Keep;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Upper;

/// <summary>Renews the leases of all whose heartbeats come within the same few milliseconds with one commit: thousands of sites would else be hundreds of commits a second.</summary>
internal sealed class LeaseBook(IServiceScopeFactory scopes, LinksSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private List<Item> _next = [];

    /// <summary>A peer said that it is there.</summary>
    /// <exception cref="FenceLostException">Another holds its session, or it was shut out.</exception>
    public Task Renew(Guid peer, long fence, CancellationToken ct)
    {
        var item = new Item(peer, fence);
        lock (_lock)
        {
            _next.Add(item);
            if (_next.Count == 1) _ = Write();
        }
        return item.Done.Task.WaitAsync(ct);
    }

    private async Task Write()
    {
        await Task.Delay(Gathering, clock).ConfigureAwait(false);
        List<Item> group;
        lock (_lock) (group, _next) = (_next, []);
        try
        {
            await Write(group);
        }
        catch (Exception e)
        {
            // Of whatever kind: an item without an answer would hold up its session for ever.
            foreach (var item in group) item.Done.TrySetException(e);
        }
    }

    private async Task Write(List<Item> group)
    {
        var peers = group.ConvertAll(i => i.Peer);
        Dictionary<Guid, long> fences = [];
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var now = clock.GetUtcNow();
            var until = now + settings.Lease;
            // The peer lives, whoever holds its session; who does is seen under the rows' locks.
            await db.Peers.Where(p => peers.Contains(p.Id) && p.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.LastSeenAt, now).SetProperty(p => p.LeaseUntil, until), CancellationToken.None);
            fences = await db.Peers.AsNoTracking().Where(p => peers.Contains(p.Id) && p.RevokedAt == null).ToDictionaryAsync(p => p.Id, p => p.Fence, CancellationToken.None);
        }, CancellationToken.None);
        foreach (var item in group)
            if (fences.TryGetValue(item.Peer, out var fence) && fence == item.Fence) item.Done.TrySetResult();
            else item.Done.TrySetException(new FenceLostException());
    }

    private sealed class Item(Guid peer, long fence)
    {
        public Guid Peer { get; } = peer;
        public long Fence { get; } = fence;
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
