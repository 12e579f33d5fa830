using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Sync;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Keep;

/// <summary>Puts records at the end of a log that is sent: numbers without gaps, in the order of the commits.</summary>
internal sealed class Outgoing(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>Adds records; they are kept until the other end has committed them.</summary>
    public async Task Append(Guid peer, int topic, IReadOnlyList<(int Type, string Key, byte[] Payload)> records, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(_ => Add(db, peer, topic, records, clock.GetUtcNow(), ct), ct);
    }

    /// <summary>The same within a transaction, once in it for each topic.</summary>
    public static async Task Add(LinksDb db, Guid peer, int topic, IReadOnlyList<(int Type, string Key, byte[] Payload)> records, DateTimeOffset now, CancellationToken ct)
    {
        // Takes the row's lock where there are several writers, so that a number is given out once and seen in its order.
        var known = await db.LogEnds.Where(r => r.Peer == peer && r.Topic == topic).ExecuteUpdateAsync(s => s.SetProperty(r => r.Last, r => r.Last), ct) == 1;
        var end = known ? await db.LogEnds.FirstAsync(r => r.Peer == peer && r.Topic == topic, ct) : new LogEndRow { Peer = peer, Topic = topic };
        if (!known) db.Add(end);
        var at = PlainStatements.Micros(now);
        foreach (var (type, key, payload) in records)
        {
            var record = new Record { Type = (uint)type, Key = key, At = at, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
            var digest = Chain.Digest(record);
            end.Hash = Chain.Next(end.Hash, (ulong)++end.Last, digest);
            db.Add(new LogRow { Peer = peer, Topic = topic, Seq = end.Last, Type = type, Key = key, At = at, Payload = payload, Digest = digest, Hash = end.Hash });
        }
    }

    /// <summary>Forgets what was acknowledged, up to a number; the chain before what is left stays known.</summary>
    public async Task Purge(Guid peer, int topic, long upTo, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var end = await db.LogEnds.FirstOrDefaultAsync(r => r.Peer == peer && r.Topic == topic, ct);
            if (end is null) return;
            var last = Math.Min(upTo, end.Acked);
            if (last < end.First) return;
            end.HashBefore = await db.Log.Where(r => r.Peer == peer && r.Topic == topic && r.Seq == last).Select(r => r.Hash).FirstAsync(ct);
            end.First = last + 1;
            await db.Log.Where(r => r.Peer == peer && r.Topic == topic && r.Seq <= last).ExecuteDeleteAsync(ct);
        }, ct);
    }
}
