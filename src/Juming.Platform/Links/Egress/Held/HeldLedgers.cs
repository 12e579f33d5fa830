using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Upper;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>Reads what is kept of ledgers of those below.</summary>
internal sealed class HeldLedgers(LinksDb db) : IHeldLedgers
{
    /// <inheritdoc/>
    public async Task<HeldDays> Of(Guid peer, int skip, int take, CancellationToken ct)
    {
        var all = db.HeldHeads.AsNoTracking().Where(h => h.Peer == peer);
        var rows = await all.OrderByDescending(h => h.Day).ThenByDescending(h => h.Id).Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 1, 500)).ToListAsync(ct);
        var doubted = await all.CountAsync(h => h.State != HeldState.Continues && h.State != HeldState.First && h.State != HeldState.Unproven, ct);
        return new HeldDays(rows.ConvertAll(View), await all.CountAsync(ct), doubted);
    }

    private static HeldDay View(HeldHeadRow row) => new(
        new DateOnly(1970, 1, 1).AddDays(row.Day), row.Last, row.DayEntries, row.DayBytes, Convert.ToHexStringLower(row.Hash), Convert.ToHexStringLower(row.Signature),
        Convert.ToHexStringLower(LedgerStatement.PublicKeyOf(row.PointXy)), row.SignedAt, row.ReceivedAt, row.State);
}

/// <summary>Keeps the days that peers tell of their ledgers, and answers each with what is kept.</summary>
internal sealed partial class TakeHeads(LinksDb db, Connections connections, PeerNews news, LedgerDoubts doubts, TimeProvider clock, ILogger<TakeHeads> log) : INotificationHandler<RecordArrived>
{
    // A peer that was cut off for a year tells them all at once; what is more comes of no release of this program.
    private const int MostADay = 400;
    private const int HashBytes = 32;
    private const int SignatureBytes = 64;

    public async Task Handle(RecordArrived notification, CancellationToken cancellationToken)
    {
        if (notification.Topic != Topics.Reports || UpwardMessages.Read(notification.Type, notification.Payload) is not LedgerHead told) return;
        var tomorrow = (int)(clock.GetUtcNow().ToUnixTimeSeconds() / 86_400) + 1;
        if (LedgerStatement.DayOf(told.Day) is not { } day || day > tomorrow || told.Entries is 0 or > long.MaxValue || told.DayEntries > told.Entries || !IsInShape(told))
        {
            LogUnreadable(log, notification.Peer, notification.Seq);
            return;
        }
        HeldHeadRow? kept = null;
        await db.SaveWith(async _ => kept = await Keep(notification.Peer, told, day, cancellationToken), cancellationToken);
        if (kept is null) return;
        connections.Of(notification.Peer)?.Wake.Ring();
        await news.Tell(notification.Peer, cancellationToken);
        if (kept.State.IsDoubted()) await doubts.Tell(notification.Peer, kept.Day, kept.State, isOurs: false, cancellationToken);
    }

    private async Task<HeldHeadRow?> Keep(Guid peer, LedgerHead told, int day, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = db.HeldHeads.AsNoTracking().Where(h => h.Peer == peer);
        var sameDay = await rows.Where(h => h.Day == day).OrderBy(h => h.Id).ToListAsync(ct);
        // Told twice is no news: the link hands a record out again after a crash.
        if (sameDay.Exists(h => IsSame(h, told))) return null;
        if (await rows.CountAsync(h => h.ReceivedAt > now.AddDays(-1), ct) >= MostADay)
        {
            LogTooMany(log, peer);
            return null;
        }
        var same = sameDay.Find(h => !h.State.IsDoubted());
        var latest = await rows.Where(h => h.State != HeldState.NotSigned && h.State != HeldState.Rewritten && h.State != HeldState.Branched).OrderByDescending(h => h.Day).ThenByDescending(h => h.Id).FirstOrDefaultAsync(ct);
        var row = new HeldHeadRow
        {
            Peer = peer,
            Day = day,
            Last = (long)told.Entries,
            DayEntries = (long)told.DayEntries,
            DayBytes = (long)Math.Min(told.DayBytes, long.MaxValue),
            Hash = told.Hash.ToByteArray(),
            Signature = told.Signature.ToByteArray(),
            PointXy = told.Key.ToByteArray(),
            Statement = told.Statement.ToByteArray(),
            PreviousDay = LedgerStatement.DayOf(told.PreviousDay),
            PreviousHash = told.PreviousHash.ToByteArray(),
            SignedAt = UpwardMessages.InstantOf(told.SignedAt),
            ReceivedAt = now,
            State = HeldJudge.Of(told, day, same, latest),
        };
        db.Add(row);
        await Outgoing.Add(db, peer, Topics.Orders, [(DownwardMessages.LedgerReceipt, DownwardMessages.LedgerReceipt.ToString(System.Globalization.CultureInfo.InvariantCulture), ReceiptOf(row, same).ToByteArray())], now, ct);
        return row;
    }

    private static bool IsSame(HeldHeadRow held, LedgerHead told) => held.Last == (long)told.Entries && held.Hash.AsSpan().SequenceEqual(told.Hash.Span) && held.PointXy.AsSpan().SequenceEqual(told.Key.Span)
        && held.PreviousDay == LedgerStatement.DayOf(told.PreviousDay) && held.PreviousHash.AsSpan().SequenceEqual(told.PreviousHash.Span) && held.State != HeldState.NotSigned;

    private static LedgerReceipt ReceiptOf(HeldHeadRow row, HeldHeadRow? same)
    {
        // Of a day that was told in two ways, the first is what is held.
        var held = row.State == HeldState.Rewritten && same is not null ? same : row;
        return new LedgerReceipt
        {
            Day = LedgerStatement.Micros(held.Day),
            Entries = (ulong)held.Last,
            Hash = ByteString.CopyFrom(held.Hash),
            State = row.State switch
            {
                HeldState.Missing => ReceiptState.Missing,
                HeldState.Rewritten => ReceiptState.Rewritten,
                HeldState.Branched => ReceiptState.Branched,
                HeldState.KeyChanged => ReceiptState.KeyChanged,
                HeldState.NotSigned => ReceiptState.NotSigned,
                _ => ReceiptState.Held,
            },
            ReceivedAt = PlainStatements.Micros(held.ReceivedAt),
        };
    }

    private static bool IsInShape(LedgerHead told) =>
        told.Hash.Length == HashBytes && told.Signature.Length == SignatureBytes && told.Key.Length is 0 or SignatureBytes && told.Statement.Length is 0 or SignatureBytes && told.PreviousHash.Length is 0 or HashBytes;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Record {Seq} of peer {Peer} tells a day of its ledger that can't be read")]
    private static partial void LogUnreadable(ILogger log, Guid peer, long seq);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Peer {Peer} tells more days of its ledger than there are; the rest is left alone until tomorrow")]
    private static partial void LogTooMany(ILogger log, Guid peer);
}

/// <summary>Numbers of records that go down; never given another meaning.</summary>
internal static class DownwardMessages
{
    /// <summary>A <see cref="Contracts.Link.LedgerReceipt"/>.</summary>
    public const int LedgerReceipt = 20;
}
