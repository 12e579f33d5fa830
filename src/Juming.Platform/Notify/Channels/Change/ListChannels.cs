using Juming.Platform.Handlers;
using Juming.Platform.Notify.Calls;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Channels.Change;

/// <summary>All channels, with how they did in the last day.</summary>
internal sealed record ListChannels : IQuery<IReadOnlyList<ChannelView>>, INeeds<NotifyRead>;

/// <summary>A channel as people see it: which secrets are set, never what they are.</summary>
public sealed record ChannelView(
    Guid Id, Guid Stamp, string Name, ChannelKind Kind, bool Enabled, string Language, IReadOnlyList<string> Reveal, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> SecretsSet, string? StoppedBecause,
    int SentDay, int DeadDay, int Waiting, string? LastFailure, string? CallAddress, DateTimeOffset? CalledAt);

file sealed class Handler(NotifyDb db, NotifySettings settings, TimeProvider clock) : IQueryHandler<ListChannels, IReadOnlyList<ChannelView>>
{
    public async Task<Result<IReadOnlyList<ChannelView>>> Handle(ListChannels request, CancellationToken ct)
    {
        var day = clock.GetUtcNow().AddDays(-1);
        var channels = await db.Channels.AsNoTracking().OrderBy(c => c.Name).ToListAsync(ct);
        var counts = await db.Deliveries.Where(d => d.PlannedAt > day).GroupBy(d => new { d.ChannelId, d.State }).Select(g => new { g.Key.ChannelId, g.Key.State, Count = g.Count() }).ToListAsync(ct);
        var waiting = await db.Deliveries.Where(d => d.State == DeliveryState.Waiting).GroupBy(d => d.ChannelId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var views = new List<ChannelView>();
        foreach (var channel in channels)
        {
            var last = await db.Deliveries.Where(d => d.ChannelId == channel.Id && d.TriedAt > day).OrderByDescending(d => d.TriedAt).Select(d => d.Failure).FirstOrDefaultAsync(ct);
            int Of(DeliveryState state) => counts.Where(c => c.ChannelId == channel.Id && c.State == state).Sum(c => c.Count);
            views.Add(new ChannelView(channel.Id, channel.Stamp, channel.Name, channel.Kind, channel.Enabled, channel.Language, channel.Reveal.Split(',', StringSplitOptions.RemoveEmptyEntries), ChannelForm.SettingsOf(channel),
                [.. ChannelForm.SecretsOf(channel).Keys], channel.StoppedBecause, Of(DeliveryState.Sent) + Of(DeliveryState.Digested), Of(DeliveryState.Dead), waiting.GetValueOrDefault(channel.Id), last,
                channel.Kind == ChannelKind.WeComApp ? settings.AddressOf(WeComCalls.PathOf(channel.Id)) : null, channel.CalledAt));
        }
        return views;
    }
}
