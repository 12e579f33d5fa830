using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Notify.Delivery;

/// <summary>Sends what is due on one channel, the weightiest first, as fast as the channel bears; many for one receiver become one summary.</summary>
internal sealed partial class ChannelRun(NotifyDb db, Composer composer, Dispatcher dispatcher, CardRun cards, IVault vault, NotifySettings settings, TimeProvider clock, ILogger<ChannelRun> log)
{
    private const int MostAtOnce = 500;

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(24)];
    private static readonly TimeSpan LongestThrottle = TimeSpan.FromHours(24);

    /// <summary>One turn; true when something was done.</summary>
    public async Task<bool> Run(Guid channelId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.Deliveries.Where(d => d.ChannelId == channelId && d.State == DeliveryState.Waiting && d.DueAt <= now).OrderByDescending(d => d.Weight).ThenBy(d => d.DueAt).ThenBy(d => d.Id).Take(MostAtOnce).ToListAsync(ct);
        var ids = due.Select(d => d.NoticeId).Distinct().ToList();
        var notices = await db.Notices.AsNoTracking().Where(n => ids.Contains(n.Id)).ToDictionaryAsync(n => n.Id, ct);
        var channel = await db.Channels.SingleOrDefaultAsync(c => c.Id == channelId, ct);
        await cards.Run(channel, channelId, ct);
        if (channel is not { Enabled: true })
        {
            foreach (var row in due) (row.State, row.Failure) = (DeliveryState.Dead, "channel-off");
            await Close(due, ct);
            return due.Count > 0;
        }
        due = await Spare(due, notices, ct);
        var paths = (await db.Paths.AsNoTracking().Where(p => ids.Contains(p.NoticeId)).ToListAsync(ct)).ToDictionary(p => (p.NoticeId, p.PersonId));
        foreach (var parcel in Parcels(due, notices, paths))
        {
            if (await Room(channel, ct) <= 0) break;
            var outcome = await Send(channel, parcel, notices, paths, ct);
            await Close(parcel, ct);
            if (outcome.End is SendEnd.Throttled or SendEnd.Gone) break;
        }
        return due.Count > 0;
    }

    /// <summary>Rows that go together: each that weighs most, has a link of its own or is for this channel alone by itself, the others of one receiver as a summary when they are many.</summary>
    private IEnumerable<List<DeliveryRow>> Parcels(List<DeliveryRow> due, Dictionary<Guid, NoticeRow> notices, Dictionary<(Guid, Guid), PathRow> paths)
    {
        bool IsAlone(DeliveryRow row) => row.Weight == (int)NoticeWeight.Critical || notices[row.NoticeId].ChannelId is not null || notices[row.NoticeId].About is not null || (row.PersonId is { } person && paths.ContainsKey((row.NoticeId, person)));
        foreach (var row in due.Where(IsAlone)) yield return [row];
        foreach (var receiver in due.Where(r => !IsAlone(r)).GroupBy(r => r.PersonId))
        {
            var rows = receiver.ToList();
            if (rows.Count > settings.DigestAbove) yield return rows;
            else
                foreach (var row in rows) yield return [row];
        }
    }

    private async Task<List<DeliveryRow>> Spare(List<DeliveryRow> due, Dictionary<Guid, NoticeRow> notices, CancellationToken ct)
    {
        var spared = due.Where(d => d.Step > 0 && d.Attempts == 0 && notices[d.NoticeId].AcknowledgedAt is not null).ToList();
        foreach (var row in spared) row.State = DeliveryState.Spared;
        if (spared.Count > 0) await Close(spared, ct);
        return [.. due.Except(spared)];
    }

    private async Task<int> Room(ChannelRow channel, CancellationToken ct)
    {
        var since = clock.GetUtcNow().AddMinutes(-1);
        return ChannelForm.PerMinute(channel.Kind) - await db.Deliveries.CountAsync(d => d.ChannelId == channel.Id && d.TriedAt > since, ct);
    }

    private async Task<SendOutcome> Send(ChannelRow channel, List<DeliveryRow> rows, Dictionary<Guid, NoticeRow> notices, Dictionary<(Guid, Guid), PathRow> paths, CancellationToken ct)
    {
        var first = rows[0];
        foreach (var row in rows) (row.State, row.Attempts) = (DeliveryState.Sending, row.Attempts + 1);
        first.TriedAt = clock.GetUtcNow();
        // Durable before it leaves: after a crash it is known that it may have left.
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // It was withdrawn a moment ago: what is for one channel alone goes alone, so no other row is with it.
            foreach (var row in rows) await db.Entry(row).ReloadAsync(ct);
            return SendOutcome.Refused("withdrawn", null);
        }
        var contact = first.PersonId is { } person ? await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.PersonId == person, ct) : null;
        var path = first.PersonId is { } own ? paths.GetValueOrDefault((first.NoticeId, own)) : null;
        var message = rows.Count == 1
            ? await composer.Of(notices[first.NoticeId], first, channel, contact, path, ct)
            : composer.Summary(first, [.. rows.Select(r => notices[r.NoticeId])], channel, contact, clock.GetUtcNow());
        // What nobody foresaw counts as an attempt; rows that stayed on their way would wait for the next start.
        var outcome = SendOutcome.Later("internal", null);
        try
        {
            outcome = await dispatcher.Send(channel, AddressOf(channel, contact), message, "notify.send", ct);
        }
        finally
        {
            if (!ct.IsCancellationRequested || outcome.End == SendEnd.Sent)
                foreach (var row in rows) Note(row, first, outcome);
            if (outcome.End == SendEnd.Gone) (channel.Enabled, channel.StoppedBecause, channel.Stamp) = (false, outcome.Failure, Guid.CreateVersion7());
            await db.SaveChangesAsync(CancellationToken.None);
        }
        if (outcome is { End: SendEnd.Sent, CardCode: { } code }) await cards.Keep(first, AddressOf(channel, contact)!, code, ct);
        if (outcome.End != SendEnd.Sent) LogNotSent(log, channel.Name, outcome.Failure ?? "", first.Attempts);
        return outcome;
    }

    /// <summary>A person's address on a channel, or null.</summary>
    public static string? AddressOf(ChannelRow channel, ContactRow? contact) => (channel.Kind == ChannelKind.WeComApp ? contact?.WeCom : contact?.Email) is { Length: > 0 } address ? address : null;

    private void Note(DeliveryRow row, DeliveryRow carrier, SendOutcome outcome)
    {
        var now = clock.GetUtcNow();
        (row.Failure, row.Detail) = (outcome.Failure, outcome.Detail);
        switch (outcome.End)
        {
            case SendEnd.Sent:
                (row.State, row.SentAt) = (row == carrier ? DeliveryState.Sent : DeliveryState.Digested, now);
                row.Reference = row == carrier ? outcome.Reference : carrier.Id.ToString();
                break;
            case SendEnd.Throttled when now - row.PlannedAt < LongestThrottle:
                // Nothing is wrong with the message; the attempt does not count.
                row.Attempts--;
                (row.State, row.DueAt) = (DeliveryState.Waiting, now + (outcome.After ?? TimeSpan.FromMinutes(1)));
                break;
            case SendEnd.Later when row.Attempts <= Pauses.Length:
                var pause = Pauses[row.Attempts - 1];
                (row.State, row.DueAt) = (DeliveryState.Waiting, now + (outcome.After is { } after && after > pause && after < LongestThrottle ? after : pause));
                break;
            default:
                row.State = DeliveryState.Dead;
                break;
        }
    }

    /// <summary>Saves, and forgets one-time paths whose last delivery is over.</summary>
    private async Task Close(List<DeliveryRow> rows, CancellationToken ct)
    {
        await db.SaveChangesAsync(CancellationToken.None);
        foreach (var row in rows.Where(r => r.PersonId is not null && r.State is not (DeliveryState.Waiting or DeliveryState.Sending)))
        {
            if (await db.Deliveries.AnyAsync(d => d.NoticeId == row.NoticeId && d.PersonId == row.PersonId && (d.State == DeliveryState.Waiting || d.State == DeliveryState.Sending), ct)) continue;
            foreach (var path in await db.Paths.Where(p => p.NoticeId == row.NoticeId && p.PersonId == row.PersonId).ToListAsync(ct))
            {
                await vault.Remove(path.SecretId, ct);
                db.Remove(path);
            }
            await db.SaveChangesAsync(ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message on channel {Channel} did not go out: {Failure}, attempt {Attempt}")]
    private static partial void LogNotSent(ILogger log, string channel, string failure, int attempt);
}
