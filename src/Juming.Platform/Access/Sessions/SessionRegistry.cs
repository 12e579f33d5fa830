using System.Collections.Concurrent;
using System.Collections.Frozen;
using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access.Sessions;

/// <summary>A session that lives in this process.</summary>
internal sealed class Session(Guid id, Guid userId, string name, string hash, string address, string agent, DateTimeOffset openedAt)
{
    public Guid Id => id;

    public Guid UserId => userId;

    public string Name => name;

    public string Hash => hash;

    public string Address => address;

    public string Agent => agent;

    public DateTimeOffset OpenedAt { get; } = openedAt;

    public DateTimeOffset LastSeenAt { get; set; } = openedAt;

    /// <summary>When the person last proved who they are with password and second factor.</summary>
    public DateTimeOffset ConfirmedAt { get; set; } = openedAt;

    public IReadOnlyList<Role> Roles { get; set; } = [];

    public FrozenSet<string> Permissions { get; set; } = FrozenSet<string>.Empty;

    public IReadOnlyList<Scope> Scopes { get; set; } = [];
}

/// <summary>All live sessions of the host. Every call looks here, so that a revoked session ends at once, in open circuits too.</summary>
internal sealed class SessionRegistry(IServiceScopeFactory scopes, PermissionMap permissions, AccessSettings settings, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Session> _byHash = new();
    private readonly ConcurrentDictionary<Guid, Session> _byId = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile bool _loaded;

    /// <summary>Opens a session; returns the cookie's secret.</summary>
    public async Task<(Session Session, string Secret)> Open(AccessDb db, User user, string address, string agent, CancellationToken ct)
    {
        await Load(ct);
        var secret = OnceShown.Make();
        var row = new SessionRow { UserId = user.Id, Hash = OnceShown.HashOf(secret), Address = address, Agent = agent.Length > 200 ? agent[..200] : agent, OpenedAt = clock.GetUtcNow(), LastSeenAt = clock.GetUtcNow() };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return (Add(row, user), secret);
    }

    /// <summary>The live session of a cookie, or null.</summary>
    public async ValueTask<Session?> Find(string secret, CancellationToken ct)
    {
        if (secret.Length is 0 or > 100) return null;
        await Load(ct);
        return _byHash.TryGetValue(OnceShown.HashOf(secret), out var session) ? Alive(session) : null;
    }

    /// <summary>The live session with this identity, or null; counts as activity unless nobody is known to be there.</summary>
    public async ValueTask<Session?> Find(Guid id, CancellationToken ct, bool attended = true)
    {
        await Load(ct);
        return _byId.TryGetValue(id, out var session) ? Alive(session, attended) : null;
    }

    /// <summary>True while the session lives; does not count as activity.</summary>
    public bool IsLive(Guid id) => _byId.TryGetValue(id, out var session) && !IsOver(session);

    /// <summary>All live sessions.</summary>
    public async Task<IReadOnlyList<Session>> List(CancellationToken ct)
    {
        await Load(ct);
        return [.. _byId.Values.Where(s => !IsOver(s)).OrderBy(s => s.OpenedAt)];
    }

    /// <summary>Ends sessions of a person, or one of them.</summary>
    public async Task<int> Revoke(AccessDb db, Guid userId, Guid? only, CancellationToken ct)
    {
        await Load(ct);
        var ended = _byId.Values.Where(s => s.UserId == userId && (only is null || s.Id == only)).ToList();
        foreach (var session in ended) Remove(session);
        var rows = await db.Sessions.Where(s => s.UserId == userId && s.RevokedAt == null && (only == null || s.Id == only)).ToListAsync(ct);
        foreach (var row in rows) row.RevokedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        return rows.Count;
    }

    /// <summary>Gives open sessions of a person the roles and scopes that the account has now.</summary>
    public void RightsChanged(User user)
    {
        var roles = user.RoleList();
        foreach (var session in _byId.Values.Where(s => s.UserId == user.Id)) (session.Roles, session.Permissions, session.Scopes) = (roles, permissions.Of(roles), ScopeSet.Parse(user.Within));
    }

    /// <summary>Writes when sessions were last seen and forgets those that are over.</summary>
    public async Task Flush(AccessDb db, CancellationToken ct)
    {
        foreach (var session in _byId.Values.Where(IsOver)) Remove(session);
        var rows = await db.Sessions.Where(s => s.RevokedAt == null).ToListAsync(ct);
        foreach (var row in rows)
            if (_byId.TryGetValue(row.Id, out var session)) row.LastSeenAt = session.LastSeenAt;
            else row.RevokedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
    }

    private Session? Alive(Session session, bool attended = true)
    {
        if (IsOver(session))
        {
            Remove(session);
            return null;
        }
        if (attended) session.LastSeenAt = clock.GetUtcNow();
        return session;
    }

    private bool IsOver(Session session)
    {
        var now = clock.GetUtcNow();
        return now - session.OpenedAt > TimeSpan.FromHours(settings.SessionHours) || now - session.LastSeenAt > TimeSpan.FromMinutes(settings.IdleMinutes);
    }

    private Session Add(SessionRow row, User user)
    {
        var roles = user.RoleList();
        var session = new Session(row.Id, user.Id, user.Name, row.Hash, row.Address, row.Agent, row.OpenedAt) { LastSeenAt = row.LastSeenAt, Roles = roles, Permissions = permissions.Of(roles), Scopes = ScopeSet.Parse(user.Within) };
        _byHash[row.Hash] = session;
        _byId[row.Id] = session;
        return session;
    }

    private void Remove(Session session)
    {
        _byHash.TryRemove(session.Hash, out _);
        _byId.TryRemove(session.Id, out _);
    }

    public async ValueTask Load(CancellationToken ct)
    {
        if (_loaded) return;
        await _loading.WaitAsync(ct);
        try
        {
            if (_loaded) return;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
            var rows = await db.Sessions.AsNoTracking().Where(s => s.RevokedAt == null).Join(db.Users.AsNoTracking(), s => s.UserId, u => u.Id, (s, u) => new { s, u }).ToListAsync(ct);
            foreach (var pair in rows.Where(p => p.u.DisabledAt is null)) Add(pair.s, pair.u);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }
}
