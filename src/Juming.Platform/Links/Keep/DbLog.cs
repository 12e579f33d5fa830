using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Sync;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Keep;

/// <summary>A log that is sent, in the tier's database.</summary>
internal sealed class DbLog(IServiceScopeFactory scopes, Guid peer, int topic, TimeProvider clock) : ILogStore
{
    public async ValueTask<LogEnds> Ends(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await EndOf(scope.ServiceProvider.GetRequiredService<LinksDb>(), ct);
        return row is null ? new LogEnds(1, 0, 0) : new LogEnds((ulong)row.First, (ulong)row.Last, (ulong)row.Acked);
    }

    public async ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var end = await EndOf(db, ct);
        if (end is null) return seq == 0 ? Chain.Start.ToArray() : null;
        var wanted = (long)seq;
        if (wanted == end.First - 1) return end.HashBefore;
        return await db.Log.Where(r => r.Peer == peer && r.Topic == topic && r.Seq == wanted).Select(r => r.Hash).FirstOrDefaultAsync(ct);
    }

    public async ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var first = (long)from;
        var found = new List<KeptRecord>();
        var bytes = 0;
        await foreach (var row in db.Log.AsNoTracking().Where(r => r.Peer == peer && r.Topic == topic && r.Seq >= first).OrderBy(r => r.Seq).Take(mostRecords).AsAsyncEnumerable().WithCancellation(ct))
        {
            bytes += row.Payload.Length + row.Key.Length + 64;
            if (found.Count > 0 && bytes > mostBytes) break;
            if (row.Seq != first + found.Count) break;
            found.Add(new KeptRecord(RecordOf(row), row.Hash));
        }
        return found;
    }

    public async ValueTask Acknowledge(ulong seq, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        if (await EndOf(db, ct) is not { } end || end.Acked >= (long)seq) return;
        (end.Acked, end.AckedAt) = ((long)seq, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The record of a row; when its copy says something else than what was written, its digest alone.</summary>
    internal static Record RecordOf(LogRow row)
    {
        var record = new Record { Type = (uint)row.Type, Key = row.Key, At = row.At, Payload = UnsafeByteOperations.UnsafeWrap(row.Payload) };
        return Chain.Digest(record).AsSpan().SequenceEqual(row.Digest) ? record : new Record { DamagedDigest = ByteString.CopyFrom(row.Digest) };
    }

    private Task<LogEndRow?> EndOf(LinksDb db, CancellationToken ct) => db.LogEnds.FirstOrDefaultAsync(r => r.Peer == peer && r.Topic == topic, ct);
}
