using System.Security.Cryptography;
using Juming.Platform.Content.Data;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Trust;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Content.Keep;

/// <summary>What this host believes, in memory and in its database. One at a time changes it.</summary>
internal sealed class TrustBook(IServiceScopeFactory scopes, Database database, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _hostTurn = new(1, 1);
    private volatile View? _view;
    private volatile bool _loaded;
    private (long Root, long At, int Files) _mark;

    /// <summary>What is believed, and the head that stands for it.</summary>
    public sealed record View(TrustedMetadata Trusted, IReadOnlyList<ContentTarget> Targets, BulkHead? Head);

    /// <summary>What is believed; null before a root is trusted.</summary>
    public async Task<View?> Now(CancellationToken ct)
    {
        if (!_loaded) using (await Look(ct)) return _view;
        return _view;
    }

    /// <summary>The same without looking into the database.</summary>
    public View? Last => _view;

    /// <summary>Waits for the turn to change it, among all nodes of this host; dispose the answer to give it back.</summary>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        var amongNodes = await NodeTurn.Take(database, NodeLocks.Content, ct);
        try
        {
            return new Turn(await Look(ct), amongNodes);
        }
        catch
        {
            amongNodes.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the turn on this node, and reads what another node has come to believe.</summary>
    private async Task<IDisposable> Look(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            // What another node has come to believe is the ground for what this one changes.
            if (!_loaded || (database.SeveralNodes && await Mark(ct) != _mark)) await Load(ct);
            return new HereTurn(_turn);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>Takes up what another node of this host has come to believe.</summary>
    /// <returns>True when that is something else.</returns>
    public async Task<bool> Follow(CancellationToken ct)
    {
        var before = _view?.Head?.Hash;
        using (await Look(ct)) return _view?.Head is { } head && (before is null || !head.Hash.AsSpan().SequenceEqual(before));
    }

    /// <summary>Keeps what was checked; with the turn.</summary>
    public async Task Keep(TrustedMetadata trusted, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        var now = clock.GetUtcNow();
        if (!await db.Roots.AnyAsync(r => r.Version == trusted.Root.Data.Version, ct)) db.Add(new RootRow { Version = trusted.Root.Data.Version, Bytes = trusted.Root.Bytes, At = now });
        var wanted = new Dictionary<string, (long Version, byte[] Bytes)>(trusted.Lists.Select(l => new KeyValuePair<string, (long, byte[])>(l.Key, (l.Value.Data.Version, l.Value.Bytes))));
        if (trusted.Timestamp is { } timestamp) wanted[Roles.Timestamp] = (timestamp.Data.Version, timestamp.Bytes);
        if (trusted.Snapshot is { } snapshot) wanted[Roles.Snapshot] = (snapshot.Data.Version, snapshot.Bytes);
        var rows = await db.Files.ToDictionaryAsync(f => f.Role, ct);
        db.RemoveRange(rows.Values.Where(r => !wanted.ContainsKey(r.Role)));
        foreach (var (role, (version, bytes)) in wanted)
        {
            if (!rows.TryGetValue(role, out var row)) db.Add(row = new FileRow { Role = role });
            if (row.Bytes.AsSpan().SequenceEqual(bytes)) continue;
            (row.Version, row.Bytes, row.At) = (version, bytes, now);
        }
        await db.SaveChangesAsync(ct);
        _view = ViewOf(trusted);
    }

    /// <summary>A root that was believed once.</summary>
    public async Task<byte[]?> Root(long version, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ContentDb>().Roots.AsNoTracking().Where(r => r.Version == version).Select(r => r.Bytes).FirstOrDefaultAsync(ct);
    }

    /// <summary>This host's row, made on first use.</summary>
    public async Task<HostRow> Host(CancellationToken ct)
    {
        await _hostTurn.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
            if (await db.Hosts.AsNoTracking().OrderBy(h => h.Id).FirstOrDefaultAsync(ct) is { } row) return row;
            db.Add(row = new HostRow { CreatedAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(ct);
            return row;
        }
        finally
        {
            _hostTurn.Release();
        }
    }

    /// <summary>Keeps a first root until somebody vouches for it, or forgets it.</summary>
    public Task Offer(byte[]? root, CancellationToken ct) => Change(row => (row.Offered, row.OfferedAt) = (root, root is null ? null : clock.GetUtcNow()), ct);

    /// <summary>Somebody vouches for a first root that has not come yet.</summary>
    public Task Vouch(string fingerprint, CancellationToken ct) => Change(row => row.Vouched = fingerprint, ct);

    private async Task Change(Action<HostRow> change, CancellationToken ct)
    {
        var id = (await Host(ct)).Id;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        var row = await db.Hosts.FirstAsync(h => h.Id == id, ct);
        change(row);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>SHA-256 of the first root, which names the repository for all time.</summary>
    public async Task<string?> Fingerprint(CancellationToken ct) => await Root(1, ct) is { } root ? FingerprintOf(root) : null;

    public static string FingerprintOf(byte[] root) => Convert.ToHexStringLower(SHA256.HashData(root));

    public void Dispose()
    {
        _turn.Dispose();
        _hostTurn.Dispose();
    }

    /// <summary>Changes with each change of the rows.</summary>
    private async Task<(long Root, long At, int Files)> Mark(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        var files = await db.Files.AsNoTracking().Select(f => f.At).ToListAsync(ct);
        return (await db.Roots.MaxAsync(r => (long?)r.Version, ct) ?? 0, files.Count == 0 ? 0 : files.Max().UtcTicks, files.Count);
    }

    private async Task Load(CancellationToken ct)
    {
        // First: what is written meanwhile is found again.
        if (database.SeveralNodes) _mark = await Mark(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        if (await db.Roots.AsNoTracking().OrderByDescending(r => r.Version).FirstOrDefaultAsync(ct) is { } root)
        {
            var files = await db.Files.AsNoTracking().ToDictionaryAsync(f => f.Role, f => f.Bytes, ct);
            var lists = files.Where(f => f.Key is not (Roles.Timestamp or Roles.Snapshot)).Select(f => f.Value);
            _view = ViewOf(TrustedMetadata.Restore(root.Bytes, files.GetValueOrDefault(Roles.Timestamp), files.GetValueOrDefault(Roles.Snapshot), lists));
        }
        _loaded = true;
    }

    private static View ViewOf(TrustedMetadata trusted)
    {
        var targets = trusted.Lists.Values.SelectMany(l => l.Data.Targets.Values).OrderBy(t => t.Path, StringComparer.Ordinal).ToList();
        return new View(trusted, targets, trusted is { IsWhole: true, Timestamp: { } timestamp } ? HeadOf(trusted, timestamp.Bytes) : null);
    }

    private static BulkHead HeadOf(TrustedMetadata trusted, byte[] timestamp)
    {
        var own = trusted.Lists.Where(l => Roles.IsOwn(l.Key)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Value.Bytes).ToList();
        return new BulkHead(HashOf(timestamp, own), trusted.Root.Data.Version, timestamp, own);
    }

    public static byte[] HashOf(byte[] timestamp, IEnumerable<byte[]> own)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(timestamp));
        foreach (var list in own) hash.AppendData(SHA256.HashData(list));
        return hash.GetHashAndReset();
    }

    private sealed class HereTurn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    private sealed class Turn(IDisposable here, IDisposable amongNodes) : IDisposable
    {
        public void Dispose()
        {
            here.Dispose();
            amongNodes.Dispose();
        }
    }
}
