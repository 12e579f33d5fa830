using System.Collections.Concurrent;

namespace Juming.Platform.Access.SignIn;

/// <summary>A person who has given the password but not yet the second factor.</summary>
internal sealed class PendingSignIn(Guid userId, DateTimeOffset until)
{
    public Guid UserId => userId;

    public DateTimeOffset Until => until;

    /// <summary>The second factor that is being enrolled, or null when one is asked for.</summary>
    public byte[]? NewSecret { get; init; }

    public int Tries { get; set; }
}

/// <summary>Sign-ins between password and second factor; ten minutes, five tries.</summary>
internal sealed class PendingSignIns(TimeProvider clock)
{
    private const int Most = 2_000;
    private const int MostTries = 5;

    private readonly ConcurrentDictionary<string, PendingSignIn> _pending = new();

    /// <summary>Remembers a sign-in; returns the secret that continues it.</summary>
    public string Add(Guid userId, byte[]? newSecret)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, old) in _pending)
            if (old.Until < now || _pending.Count >= Most) _pending.TryRemove(key, out _);
        var secret = OnceShown.Make();
        _pending[OnceShown.HashOf(secret)] = new PendingSignIn(userId, now.AddMinutes(10)) { NewSecret = newSecret };
        return secret;
    }

    public PendingSignIn? Find(string secret) => _pending.TryGetValue(OnceShown.HashOf(secret), out var pending) && pending.Until > clock.GetUtcNow() ? pending : null;

    /// <summary>Counts a failed code; too many end the sign-in.</summary>
    public void Failed(string secret)
    {
        if (Find(secret) is { } pending && ++pending.Tries >= MostTries) Remove(secret);
    }

    /// <summary>Ends it; true for the one caller who did.</summary>
    public bool Remove(string secret) => _pending.TryRemove(OnceShown.HashOf(secret), out _);
}
