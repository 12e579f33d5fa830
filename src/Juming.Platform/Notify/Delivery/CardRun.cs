using System.Text.Json;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Posting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Notify.Delivery;

/// <summary>
/// Brings words to cards that are out: what became of a press, and how it ended, also for those who did not press. What can't be shown is written down with
/// its reason; the page behind the card tells it anyway.
/// </summary>
internal sealed partial class CardRun(NotifyDb db, NoticeBook book, Dispatcher dispatcher, TimeProvider clock, ILogger<CardRun> log)
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)];

    /// <summary>Cards that something is to be shown on now.</summary>
    public static IQueryable<CardRow> Due(NotifyDb db, DateTimeOffset now) =>
        db.Cards.Where(c => c.ClosedAt == null && c.DueAt <= now && (c.Words != null || db.Notices.Any(n => n.Id == c.NoticeId && n.Ended != null)));

    /// <summary>Keeps what allows to change a message that was just sent.</summary>
    public async Task Keep(DeliveryRow delivery, string receiver, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.Notices.AsNoTracking().Where(n => n.Id == delivery.NoticeId).Select(n => n.About).SingleOrDefaultAsync(ct) is null) return;
        var card = new CardRow { DeliveryId = delivery.Id, NoticeId = delivery.NoticeId, ChannelId = delivery.ChannelId, Receiver = receiver, SentCode = code, MadeAt = now, DueAt = now };
        db.Add(card);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            // Pressed before the messenger's answer had arrived.
            db.Entry(card).State = EntityState.Detached;
            await db.Cards.Where(c => c.DeliveryId == delivery.Id && c.Receiver == receiver).ExecuteUpdateAsync(c => c.SetProperty(r => r.SentCode, code).SetProperty(r => r.ClosedAt, (DateTimeOffset?)null), ct);
        }
    }

    /// <summary>One turn of a channel; null when it is gone.</summary>
    public async Task Run(ChannelRow? channel, Guid channelId, CancellationToken ct)
    {
        foreach (var card in await Due(db, clock.GetUtcNow()).Where(c => c.ChannelId == channelId).OrderBy(c => c.DueAt).Take(MostAtOnce).ToListAsync(ct)) await Show(channel, card, ct);
    }

    private async Task Show(ChannelRow? channel, CardRow card, CancellationToken ct)
    {
        var notice = await db.Notices.AsNoTracking().SingleOrDefaultAsync(n => n.Id == card.NoticeId, ct);
        var isEnd = notice?.Ended is not null;
        // The code of the message itself is kept for the end.
        var code = card.PressedCode ?? (isEnd ? card.SentCode : null);
        var outcome = channel is not { Enabled: true } ? SendOutcome.Refused("channel-off", null) : code is null ? SendOutcome.Refused("card-spent", null) : null;
        if (outcome is null)
        {
            card.Attempts++;
            if (!await Save(card)) return;
            outcome = await dispatcher.Change(channel!, card.Receiver, code!, await Words(notice, notice?.Ended ?? card.Words!, channel!, card, ct), ct);
        }
        Note(card, outcome, isEnd, clock.GetUtcNow());
        await Save(card);
        if (outcome.End != SendEnd.Sent) LogNotShown(log, channel?.Name ?? "", outcome.Failure ?? "", card.Attempts);
    }

    private async Task<string> Words(NoticeRow? notice, string shown, ChannelRow channel, CardRow card, CancellationToken ct)
    {
        var contact = await (from d in db.Deliveries.AsNoTracking() where d.Id == card.DeliveryId join c in db.Contacts on d.PersonId equals c.PersonId select c).FirstOrDefaultAsync(ct);
        return book.Said(notice?.Code ?? "", JsonSerializer.Deserialize<NoticeEnd>(shown)!, Composer.CultureOf(channel, contact), Composer.Reveals(channel));
    }

    private static void Note(CardRow card, SendOutcome outcome, bool isEnd, DateTimeOffset now)
    {
        (card.Failure, card.Detail) = (outcome.Failure, outcome.Detail);
        if (outcome.End is SendEnd.Later or SendEnd.Throttled && card.Attempts <= Pauses.Length)
        {
            card.DueAt = now + (outcome.After ?? Pauses[card.Attempts - 1]);
            return;
        }
        // A code is good for one change, whether it came about or not.
        if (card.PressedCode is not null) card.PressedCode = null;
        else if (isEnd) card.SentCode = null;
        card.Attempts = 0;
        if (!isEnd || outcome.End == SendEnd.Sent) card.Words = null;
        // Who pressed somebody else's card has been told so; there is no more to say to them, and no code to say it with.
        if (isEnd ? outcome.End == SendEnd.Sent || card.SentCode is null : card.SentCode is null) card.ClosedAt = now;
    }

    /// <summary>False when it was pressed meanwhile: the next turn shows what came of that.</summary>
    private async Task<bool> Save(CardRow card)
    {
        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.Entry(card).State = EntityState.Detached;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A card on channel {Channel} could not be changed: {Failure}, attempt {Attempt}")]
    private static partial void LogNotShown(ILogger log, string channel, string failure, int attempt);
}
