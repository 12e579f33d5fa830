using System.Collections.Concurrent;
using System.Collections.Frozen;
using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access.Tokens;

/// <summary>A token that may be used.</summary>
internal sealed class Token(Guid id, string name, FrozenSet<string> scopes, DateTimeOffset expiresAt)
{
    public Guid Id => id;

    public string Name => name;

    public FrozenSet<string> Scopes => scopes;

    public DateTimeOffset ExpiresAt => expiresAt;

    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>All tokens that may be used, in memory: machines call thousands of times a second.</summary>
internal sealed class TokenRegistry(IServiceScopeFactory scopes, TimeProvider clock)
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

    public void Add(TokenRow row)
    {
        var token = new Token(row.Id, row.Name, row.Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(), row.ExpiresAt) { LastUsedAt = row.LastUsedAt };
        _byHash[row.Hash] = token;
        _byId[row.Id] = token;
    }

    public void Remove(TokenRow row)
    {
        _byHash.TryRemove(row.Hash, out _);
        _byId.TryRemove(row.Id, out _);
    }

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
            var rows = await scope.ServiceProvider.GetRequiredService<AccessDb>().Tokens.AsNoTracking().Where(t => t.RevokedAt == null).ToListAsync(ct);
            foreach (var row in rows) Add(row);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }
}
