using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels.Senders;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Calls;

/// <summary>Somebody pressed a button of a card, as the messenger says whose call was opened before.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="User">Who, by the messenger's name.</param>
/// <param name="Task">The card.</param>
/// <param name="Key">The button.</param>
/// <param name="At">The messenger's time of the press; the same press comes again when it was not answered in time.</param>
/// <param name="Code">Allows one change of the card.</param>
internal sealed record TakePress(Guid Channel, string User, string Task, string Key, string At, Secret Code) : ICommand<Done>, IOpenToAnyone;

file sealed class Handler(NotifyDb db, IEnumerable<INoticeAnswers> answers, Wake wake, TimeProvider clock) : ICommandHandler<TakePress, Done>
{
    private const int Attempts = 4;
    private static readonly Dictionary<string, string> Nothing = [];

    public async Task<Result<Done>> Handle(TakePress request, CancellationToken cancellationToken)
    {
        if (WeComCards.MessageOf(request.Task) is not { } message || !IsUser(request.User) || !await IsFirst(request, cancellationToken)) return Done.Value;
        var delivery = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == message && d.ChannelId == request.Channel, cancellationToken);
        var notice = delivery?.NoticeId ?? await db.Cards.Where(c => c.DeliveryId == message && c.ChannelId == request.Channel && c.Receiver == request.User).Select(c => (Guid?)c.NoticeId).FirstOrDefaultAsync(cancellationToken);
        if (notice is null) return Done.Value;
        var code = request.Code.Value is { Length: > 0 } given ? given : null;
        await Put(request, message, notice.Value, card => card.PressedCode = code, cancellationToken);
        if (await Answer(request, delivery, cancellationToken) is { } end) await Put(request, message, notice.Value, card => card.Words = JsonSerializer.Serialize(end), cancellationToken);
        wake.Up();
        return Done.Value;
    }

    // What changes a card is sent to this name: it must be one person's.
    private static bool IsUser(string user) => user.Length is > 0 and <= 64 && user[0] != '@' && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '@' or '-');

    /// <summary>Durable before anything is done: a press that comes twice counts once.</summary>
    private async Task<bool> IsFirst(TakePress request, CancellationToken ct)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', request.Channel, request.User, request.At, request.Task, request.Key))));
        if (await db.Presses.AnyAsync(p => p.Key == key, ct)) return false;
        var press = new PressRow { Key = key, At = clock.GetUtcNow() };
        db.Add(press);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (!await db.Presses.AnyAsync(p => p.Key == key, ct)) throw;
            return false;
        }
    }

    /// <summary>What the card says to who pressed; null when the end of what was asked says it.</summary>
    private async Task<NoticeEnd?> Answer(TakePress request, DeliveryRow? delivery, CancellationToken ct)
    {
        if (delivery is null) return new NoticeEnd("test", Nothing);
        var contact = delivery.PersonId is { } person ? await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.PersonId == person, ct) : null;
        if (contact is not { WeComProvenAt: not null } || !contact.WeCom.Equals(request.User, StringComparison.OrdinalIgnoreCase)) return new NoticeEnd("unproven", Nothing);
        var notice = await db.Notices.AsNoTracking().SingleOrDefaultAsync(n => n.Id == delivery.NoticeId, ct);
        if (notice is not { About: { } about, Answers: { } keys }) return new NoticeEnd("gone", Nothing);
        if (notice.Ended is not null) return null;
        if (!JsonSerializer.Deserialize<List<string>>(keys)!.Contains(request.Key) || answers.FirstOrDefault(a => a.Code == notice.Code) is not { } taker) return new NoticeEnd("page", Nothing);
        return await taker.Take(new NoticeAnswer(about, request.Key, contact.PersonId, "wecom"), ct);
    }

    /// <summary>Changes the card of who pressed; the courier may be changing it too.</summary>
    private async Task Put(TakePress request, Guid message, Guid notice, Action<CardRow> change, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = clock.GetUtcNow();
            var card = await db.Cards.SingleOrDefaultAsync(c => c.DeliveryId == message && c.Receiver == request.User, ct);
            if (card is null) db.Add(card = new CardRow { DeliveryId = message, NoticeId = notice, ChannelId = request.Channel, Receiver = request.User, MadeAt = now, DueAt = now });
            change(card);
            (card.DueAt, card.Attempts, card.ClosedAt) = (now, 0, null);
            try
            {
                await db.SaveChangesAsync(ct);
                return;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                db.ChangeTracker.Clear();
            }
        }
    }
}
