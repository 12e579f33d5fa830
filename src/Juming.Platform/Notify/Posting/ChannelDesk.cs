using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Posting;

/// <summary>Tells others what ways out there are and what became of their messages.</summary>
internal sealed class ChannelDesk(NotifyDb db) : IChannels
{
    private const string Off = "channel-off";

    public async Task<IReadOnlyList<ChannelBrief>> All(CancellationToken ct) =>
        (await db.Channels.AsNoTracking().OrderBy(c => c.Name).ToListAsync(ct)).ConvertAll(c => new ChannelBrief(c.Id, c.Name, c.Kind.ToString(), c.StoppedBecause ?? (c.Enabled ? null : Off), ChannelForm.IsPersonal(c), c.Reveal.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    public async Task<NoticeStanding?> Look(Guid notice, CancellationToken ct)
    {
        if (await db.Notices.AsNoTracking().FirstOrDefaultAsync(n => n.Id == notice, ct) is not { } row) return null;
        var messages = await db.Deliveries.AsNoTracking().Where(d => d.NoticeId == notice).OrderBy(d => d.Id).ToListAsync(ct);
        return new NoticeStanding(row.RoutedAt is not null, messages.ConvertAll(d => new Sending(d.PersonId, StateOf(d.State), d.Failure, d.Detail, d.Reference, d.Attempts)));
    }

    // Its state is a concurrency token: a run that is about to send one of these finds it taken away, and does not.
    public Task Withdraw(Guid notice, CancellationToken ct) =>
        db.Deliveries.Where(d => d.NoticeId == notice && d.State == DeliveryState.Waiting).ExecuteUpdateAsync(d => d.SetProperty(r => r.State, DeliveryState.Dead).SetProperty(r => r.Failure, r => r.Failure ?? "withdrawn"), ct);

    private static SendingState StateOf(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => SendingState.Waiting,
        DeliveryState.Sending => SendingState.Leaving,
        DeliveryState.Sent or DeliveryState.Digested => SendingState.Sent,
        _ => SendingState.Failed,
    };
}
