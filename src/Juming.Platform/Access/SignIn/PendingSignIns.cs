using System.Collections.Concurrent;

namespace Juming.Platform.Access.SignIn;

/// <summary>A person who has given the password but not yet the second factor.</summary>
internal sealed class PendingSignIn(Guid userId, DateTimeOffset until)
{
    private int _tries;

    public Guid UserId => userId;

    public DateTimeOffset Until => until;

    /// <summary>The second factor that is being enrolled, or null when one is asked for.</summary>
    public byte[]? NewSecret { get; init; }

    /// <summary>Takes one of so many tries; false when none is left.</summary>
    public bool Try(int most) => Interlocked.Increment(ref _tries) <= most;
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

    /// <summary>The sign-in for one try of a code, which counts before it is looked at; null when it has ended or its tries are used up.</summary>
    public PendingSignIn? Try(string secret)
    {
        if (Find(secret) is not { } pending) return null;
        if (pending.Try(MostTries)) return pending;
        Remove(secret);
        return null;
    }

    /// <summary>Ends it; true for the one caller who did.</summary>
    public bool Remove(string secret) => _pending.TryRemove(OnceShown.HashOf(secret), out _);
}
