using System.Collections.Concurrent;
using System.Collections.Frozen;
using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access.Tokens;

/// <summary>What a token may do now, and where.</summary>
internal sealed record TokenRights(FrozenSet<string> Permissions, IReadOnlyList<Scope> Scopes);

/// <summary>A token that may be used.</summary>
internal sealed class Token(TokenRow row)
{
    private readonly TokenRights _given = new(row.Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(), ScopeSet.Parse(row.Within));

    public Guid Id { get; } = row.Id;

    public string Name { get; } = row.Name;

    public Guid? OwnerId { get; } = row.OwnerId;

    public DateTimeOffset ExpiresAt { get; } = row.ExpiresAt;

    /// <summary>What it was given, as far as its owner holds it at present.</summary>
    public TokenRights Rights { get; private set; } = new(FrozenSet<string>.Empty, []);

    /// <summary>Bounds it by what its owner holds now; null takes away everything from a token that has one.</summary>
    public void Bound(TokenRights? owner) => Rights = OwnerId is null ? _given
        : owner is null ? new TokenRights(FrozenSet<string>.Empty, [])
        : new TokenRights(_given.Permissions.Intersect(owner.Permissions).ToFrozenSet(), ScopeSet.Both(_given.Scopes, owner.Scopes));

    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>All tokens that may be used, in memory: machines call thousands of times a second.</summary>
internal sealed class TokenRegistry(IServiceScopeFactory scopes, PermissionMap permissions, TimeProvider clock)
{
    /// <summary>Every token starts with it, so that scanners recognise one that leaked.</summary>
    public const string Mark = "jm_";

    private readonly ConcurrentDictionary<string, Token> _byHash = new();
    private readonly ConcurrentDictionary<Guid, Token> _byId = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile bool _loaded;

    /// <summary>The usable token, or null.</summary>
    public async ValueTask<Token?> Find(string secret, CancellationToken ct)
    {
        if (secret.Length > 100 || !secret.StartsWith(Mark, StringComparison.Ordinal)) return null;
        if (!_loaded) await Load(ct);
        if (!_byHash.TryGetValue(OnceShown.HashOf(secret), out var token) || clock.GetUtcNow() >= token.ExpiresAt) return null;
        token.LastUsedAt = clock.GetUtcNow();
        return token;
    }

    /// <summary>The usable token with this identity, or null.</summary>
    public Token? Find(Guid id) => _byId.TryGetValue(id, out var token) && clock.GetUtcNow() < token.ExpiresAt ? token : null;

    public void Add(TokenRow row, User? owner = null)
    {
        var token = new Token(row) { LastUsedAt = row.LastUsedAt };
        token.Bound(RightsOf(owner));
        _byHash[row.Hash] = token;
        _byId[row.Id] = token;
    }

    public void Remove(TokenRow row)
    {
        _byHash.TryRemove(row.Hash, out _);
        _byId.TryRemove(row.Id, out _);
    }

    /// <summary>Bounds a person's tokens by the roles and scopes that the account has now.</summary>
    public async Task OwnerChanged(User owner, CancellationToken ct)
    {
        if (!_loaded) await Load(ct);
        foreach (var token in _byId.Values.Where(t => t.OwnerId == owner.Id)) token.Bound(RightsOf(owner));
    }

    /// <summary>Ends all tokens of a person.</summary>
    public async Task RevokeAll(AccessDb db, Guid owner, CancellationToken ct)
    {
        var rows = await db.Tokens.Where(t => t.OwnerId == owner && t.RevokedAt == null).ToListAsync(ct);
        foreach (var row in rows) row.RevokedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        if (!_loaded) await Load(ct);
        foreach (var row in rows) Remove(row);
    }

    private TokenRights? RightsOf(User? owner) => owner is { DisabledAt: null } ? new TokenRights(permissions.Of(owner.RoleList()), ScopeSet.Parse(owner.Within)) : null;

    /// <summary>Writes when tokens were last used.</summary>
    public async Task Flush(AccessDb db, CancellationToken ct)
    {
        var used = _byHash.Values.Where(t => t.LastUsedAt is not null).ToDictionary(t => t.Id, t => t.LastUsedAt);
        if (used.Count == 0) return;
        foreach (var row in await db.Tokens.Where(t => t.RevokedAt == null).ToListAsync(ct))
            if (used.TryGetValue(row.Id, out var at)) row.LastUsedAt = at;
        await db.SaveChangesAsync(ct);
    }

    private async Task Load(CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            if (_loaded) return;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
            var owners = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id, ct);
            foreach (var row in await db.Tokens.AsNoTracking().Where(t => t.RevokedAt == null).ToListAsync(ct)) Add(row, row.OwnerId is { } id ? owners.GetValueOrDefault(id) : null);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }
}
