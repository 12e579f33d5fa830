using Juming.Platform.Links.Data;
using Juming.Platform.Links.Sync;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Keep;

/// <summary>Another holder of the connection has taken over; what this one still has in hand is not written.</summary>
internal sealed class FenceLostException() : Exception("Another connection has taken this one's place.");

/// <summary>A log that comes from a neighbour, in the tier's database: what arrived becomes an event of the same transaction that moves the end.</summary>
internal sealed class DbInbox(IServiceScopeFactory scopes, Guid peer, int topic, long fence, TimeProvider clock) : IInboxStore
{
    public async ValueTask<InboxEnd> End(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<LinksDb>().Inboxes.AsNoTracking().FirstOrDefaultAsync(r => r.Peer == peer && r.Topic == topic, ct);
        return row is null ? new InboxEnd(0, Chain.Start.ToArray(), 0) : new InboxEnd((ulong)row.Last, row.Hash, (ulong)row.MarksFrom);
    }

    public async ValueTask<byte[]?> MarkAt(ulong seq, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var row = await db.Inboxes.AsNoTracking().FirstOrDefaultAsync(r => r.Peer == peer && r.Topic == topic, ct);
        if (seq == 0 && (row?.MarksFrom ?? 0) == 0) return Chain.Start.ToArray();
        if (row is null) return null;
        var wanted = (long)seq;
        if (wanted == row.Last) return row.Hash;
        return await db.Marks.Where(r => r.Peer == peer && r.Topic == topic && r.Seq == wanted && !r.Ended).Select(r => r.Hash).FirstOrDefaultAsync(ct);
    }

    public ValueTask Apply(InboxEnd before, IReadOnlyList<KeptRecord> records, CancellationToken ct) => Write(before, async (db, row) =>
    {
        var first = row.Last + 1;
        var last = row.Last + records.Count;
        var ended = await db.Marks.Where(r => r.Peer == peer && r.Topic == topic && r.Seq >= first && r.Seq <= last && r.Ended).ToListAsync(ct);
        foreach (var (record, hash) in records)
        {
            row.Last++;
            row.Hash = hash;
            var known = ended.Find(m => m.Seq == row.Last && m.Hash.AsSpan().SequenceEqual(hash));
            if (known is not null) known.Ended = false;
            else db.Add(new MarkRow { Peer = peer, Topic = topic, Seq = row.Last, Hash = hash, At = clock.GetUtcNow() });
            if (record.DamagedDigest.Length > 0) db.Add(new MissingRow { Peer = peer, Topic = topic, First = row.Last, Last = row.Last, Reason = LinkAlarm.RecordDamaged, At = clock.GetUtcNow() });
            else if (known is null) db.Publish(new RecordArrived(peer, topic, row.Last, (int)record.Type, record.Key, record.At, record.Payload.ToByteArray()));
        }
    }, ct);

    public ValueTask Branch(InboxEnd before, ulong at, CancellationToken ct) => Write(before, async (db, row) =>
    {
        var fork = (long)at;
        row.Hash = fork == 0 ? Chain.Start.ToArray() : (await MarkAt(at, ct))!;
        row.Last = fork;
        foreach (var mark in await db.Marks.Where(r => r.Peer == peer && r.Topic == topic && r.Seq > fork && !r.Ended).ToListAsync(ct)) mark.Ended = true;
    }, ct);

    public ValueTask Skip(InboxEnd before, ulong to, byte[] hash, CancellationToken ct) => Write(before, (db, row) =>
    {
        db.Add(new MarkRow { Peer = peer, Topic = topic, Seq = (long)to, Hash = hash, At = clock.GetUtcNow() });
        db.Add(new MissingRow { Peer = peer, Topic = topic, First = row.Last + 1, Last = (long)to, Reason = LinkAlarm.RecordsLost, At = clock.GetUtcNow() });
        (row.Last, row.Hash, row.MarksFrom) = ((long)to, hash, (long)to);
        return Task.CompletedTask;
    }, ct);

    private async ValueTask Write(InboxEnd before, Func<LinksDb, InboxRow, Task> change, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var now = clock.GetUtcNow();
            // Also takes the row's lock, so that a takeover waits for this write or this write finds it.
            if (await db.Peers.Where(p => p.Id == peer && p.Fence == fence && p.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.LastSeenAt, now), ct) != 1) throw new FenceLostException();
            var row = await db.Inboxes.FirstOrDefaultAsync(r => r.Peer == peer && r.Topic == topic, ct);
            if (row is null) db.Add(row = new InboxRow { Peer = peer, Topic = topic });
            if (row.Last != (long)before.Last || !row.Hash.AsSpan().SequenceEqual(before.Hash)) throw new FenceLostException();
            await change(db, row);
        }, ct);
    }
}
