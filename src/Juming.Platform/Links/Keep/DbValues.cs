using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Sync;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Keep;

/// <summary>Latest values that are sent, in the tier's database.</summary>
internal sealed class DbValues(IServiceScopeFactory scopes, Guid peer, int topic) : IStateStore
{
    public async ValueTask<IReadOnlyList<StateItem>> All(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await Rows(scope.ServiceProvider.GetRequiredService<LinksDb>()).AsNoTracking().ToListAsync(ct);
        // The database's order of texts is its own; both ends compare bytes.
        return [.. rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(ItemOf)];
    }

    public async ValueTask<IReadOnlyList<StateItem>> After(ulong version, CancellationToken ct)
    {
        var known = (long)version;
        await using var scope = scopes.CreateAsyncScope();
        var rows = await Rows(scope.ServiceProvider.GetRequiredService<LinksDb>()).AsNoTracking().Where(r => r.Version > known).OrderBy(r => r.Version).ToListAsync(ct);
        return [.. rows.Select(ItemOf)];
    }

    public async ValueTask LiftAbove(ulong version, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var end = await EndOf(db, peer, topic, ct);
            end.Last = Math.Max(end.Last, (long)version);
            foreach (var row in await Rows(db).ToListAsync(ct)) row.Version = ++end.Last;
        }, ct);
    }

    /// <summary>Sets a value; nothing is sent when it is what it was.</summary>
    public async Task Set(string key, int type, byte[] payload, long at, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(_ => Put(db, peer, topic, key, type, payload, at, ct), ct);
    }

    /// <summary>The same within a transaction.</summary>
    /// <returns>False when nothing is sent: it is what it was.</returns>
    public static async Task<bool> Put(LinksDb db, Guid peer, int topic, string key, int type, byte[] payload, long at, CancellationToken ct)
    {
        var row = await db.Values.FindAsync([peer, topic, key], ct);
        if (row is not null && row.Type == type && row.Payload.AsSpan().SequenceEqual(payload)) return false;
        if (row is null) db.Add(row = new ValueRow { Peer = peer, Topic = topic, Key = key });
        var end = await EndOf(db, peer, topic, ct);
        (row.Version, row.Type, row.Payload, row.At) = (++end.Last, type, payload, at);
        return true;
    }

    private IQueryable<ValueRow> Rows(LinksDb db) => db.Values.Where(r => r.Peer == peer && r.Topic == topic);

    private static async Task<LogEndRow> EndOf(LinksDb db, Guid peer, int topic, CancellationToken ct)
    {
        var end = await db.LogEnds.FindAsync([peer, topic], ct);
        if (end is null) db.Add(end = new LogEndRow { Peer = peer, Topic = topic });
        return end;
    }

    private static StateItem ItemOf(ValueRow row) =>
        new() { Key = row.Key, Version = (ulong)row.Version, Type = (uint)row.Type, Payload = UnsafeByteOperations.UnsafeWrap(row.Payload), At = row.At };
}

/// <summary>Latest values that came from a neighbour, in the tier's database.</summary>
internal sealed class DbArrivedValues(IServiceScopeFactory scopes, Guid peer, int topic, long fence, TimeProvider clock) : IStateInbox
{
    public async ValueTask<IReadOnlyList<StateVersion>> Versions(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await Rows(scope.ServiceProvider.GetRequiredService<LinksDb>()).Select(r => new { r.Key, r.Version, r.Payload }).ToListAsync(ct);
        return [.. rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new StateVersion(r.Key, (ulong)r.Version, r.Payload))];
    }

    public async ValueTask Take(IReadOnlyList<StateItem> items, StateRange? allOf, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var now = clock.GetUtcNow();
            if (await db.Peers.Where(p => p.Id == peer && p.Fence == fence && p.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.LastSeenAt, now), ct) != 1) throw new FenceLostException();
            var held = (await Rows(db).ToListAsync(ct)).ToDictionary(r => r.Key, StringComparer.Ordinal);
            if (allOf is not null)
                foreach (var row in held.Values.Where(r => Within(r.Key, allOf) && items.All(i => i.Key != r.Key))) db.Remove(row);
            foreach (var item in items)
            {
                var row = held.GetValueOrDefault(item.Key);
                if (row is not null && allOf is null && row.Version >= (long)item.Version) continue;
                if (row is null) db.Add(row = new ArrivedValueRow { Peer = peer, Topic = topic, Key = item.Key });
                (row.Version, row.Type, row.Payload, row.At, row.ReceivedAt) = ((long)item.Version, (int)item.Type, item.Payload.ToByteArray(), item.At, now);
            }
        }, ct);
    }

    private IQueryable<ArrivedValueRow> Rows(LinksDb db) => db.ArrivedValues.Where(r => r.Peer == peer && r.Topic == topic);

    private static bool Within(string key, StateRange range) =>
        string.CompareOrdinal(key, range.After) > 0 && (range.UpTo.Length == 0 || string.CompareOrdinal(key, range.UpTo) <= 0);
}
