using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Sync;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links;

/// <summary>Topics of a link, by number; numbers are never given another meaning.</summary>
public static class Topics
{
    /// <summary>Up, latest values: how the lower host stands.</summary>
    public const int State = 1;

    /// <summary>Up, every record: what the lower host reports.</summary>
    public const int Reports = 2;

    /// <summary>Down, every record: what the upper host asks for.</summary>
    public const int Orders = 3;
}

/// <summary>The stores of a link's topics, as each end sees them.</summary>
internal sealed class LinkTopics(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>For a peer below.</summary>
    public SyncTopics ForLower(Guid peer, long fence) => new(
        new Dictionary<uint, ILogStore> { [Topics.Orders] = new DbLog(scopes, peer, Topics.Orders, clock) },
        new Dictionary<uint, IInboxStore> { [Topics.Reports] = new DbInbox(scopes, peer, Topics.Reports, fence, clock) },
        new Dictionary<uint, IStateStore>(),
        new Dictionary<uint, IStateInbox> { [Topics.State] = new DbArrivedValues(scopes, peer, Topics.State, fence, clock) });

    /// <summary>For the host above.</summary>
    public SyncTopics ForUpper(Guid peer, long fence) => new(
        new Dictionary<uint, ILogStore> { [Topics.Reports] = new DbLog(scopes, peer, Topics.Reports, clock) },
        new Dictionary<uint, IInboxStore> { [Topics.Orders] = new DbInbox(scopes, peer, Topics.Orders, fence, clock) },
        new Dictionary<uint, IStateStore> { [Topics.State] = new DbValues(scopes, peer, Topics.State) },
        new Dictionary<uint, IStateInbox>());
}
