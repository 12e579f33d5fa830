using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>Takes what the host above says that it holds of this one's ledger. It is that host's word: what differs from what was signed here is told to people.</summary>
file sealed class TakeReceipts(LinksDb db, LedgerDoubts doubts, TimeProvider clock) : INotificationHandler<RecordArrived>
{
    private const int HashBytes = 32;
    private const int MostDays = 20_000;

    public async Task Handle(RecordArrived notification, CancellationToken cancellationToken)
    {
        if (notification.Topic != Topics.Orders || notification.Type != DownwardMessages.LedgerReceipt || Read(notification.Payload) is not { } receipt) return;
        if (LedgerStatement.DayOf(receipt.Day) is not { } day || receipt.Hash.Length != HashBytes || receipt.Entries > long.MaxValue || UpwardMessages.InstantOf(receipt.ReceivedAt) is not { } receivedAt) return;
        var own = await db.LedgerHeads.AsNoTracking().FirstOrDefaultAsync(h => h.Day == day, cancellationToken);
        var row = await db.Receipts.FirstOrDefaultAsync(r => r.Upper == notification.Peer && r.Day == day, cancellationToken);
        // Days of which this host knows nothing may come after it was restored; without end they come of a host that is not in order.
        if (row is null && own is null && await db.Receipts.CountAsync(cancellationToken) >= MostDays) return;
        if (row is null) db.Add(row = new ReceiptRow { Upper = notification.Peer, Day = day });
        (row.Entries, row.Hash, row.At, row.ReceivedAt) = ((long)receipt.Entries, receipt.Hash.ToByteArray(), clock.GetUtcNow(), receivedAt);
        row.State = StateOf(receipt, own);
        await db.SaveChangesAsync(cancellationToken);
        if (row.State.IsDoubted()) await doubts.Tell(notification.Peer, day, row.State, isOurs: true, cancellationToken);
    }

    private static HeldState StateOf(LedgerReceipt receipt, Ledger.LedgerHeadRow? own) => receipt.State switch
    {
        ReceiptState.Missing => HeldState.Missing,
        ReceiptState.Branched => HeldState.Branched,
        ReceiptState.KeyChanged => HeldState.KeyChanged,
        ReceiptState.NotSigned => HeldState.NotSigned,
        ReceiptState.Held when own is not null && own.Last == (long)receipt.Entries && own.Hash.AsSpan().SequenceEqual(receipt.Hash.Span) => HeldState.Continues,
        _ => HeldState.Rewritten,
    };

    private static LedgerReceipt? Read(byte[] payload)
    {
        try
        {
            return LedgerReceipt.Parser.WithDiscardUnknownFields(true).ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
