using System.Collections.Concurrent;

namespace Juming.Platform.Access.Passkeys;

/// <summary>What a challenge was made for; it is worth nothing elsewhere.</summary>
internal enum PasskeyUse
{
    /// <summary>Sign-in of somebody yet unknown.</summary>
    SignIn,

    /// <summary>Fresh proof of identity of one person.</summary>
    Confirm,

    /// <summary>A new passkey of one person.</summary>
    Add,
}

/// <summary>A challenge that was given out, with the state that its answer is checked against.</summary>
/// <param name="Use">What it was made for.</param>
/// <param name="UserId">Whose it is; null at sign-in.</param>
/// <param name="Origin">Where it was asked for.</param>
/// <param name="State">The handler's own state.</param>
/// <param name="Until">Its end.</param>
internal sealed record PasskeyChallenge(PasskeyUse Use, Guid? UserId, ConsoleOrigin Origin, string State, DateTimeOffset Until);

/// <summary>Challenges between offer and answer: five minutes, one use, and no more of them than a flood of visitors may take of the memory.</summary>
internal sealed class PasskeyChallenges(TimeProvider clock)
{
    /// <summary>How long an answer is awaited.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private const int Most = 4_000;

    private readonly ConcurrentDictionary<string, PasskeyChallenge> _waiting = new();

    /// <summary>Remembers a challenge; returns the secret under which its answer comes.</summary>
    public string Add(PasskeyUse use, Guid? userId, ConsoleOrigin origin, string state)
    {
        var now = clock.GetUtcNow();
        if (_waiting.Count >= Most) Forget(now);
        var secret = OnceShown.Make();
        _waiting[OnceShown.HashOf(secret)] = new PasskeyChallenge(use, userId, origin, state, now + Lasts);
        return secret;
    }

    /// <summary>Takes a challenge out for good; null when it is unknown, too old, used, or was made for another act or person.</summary>
    public PasskeyChallenge? Take(string secret, PasskeyUse use, Guid? userId) =>
        _waiting.TryRemove(OnceShown.HashOf(secret), out var challenge) && challenge.Until > clock.GetUtcNow() && challenge.Use == use && challenge.UserId == userId ? challenge : null;

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, old) in _waiting)
            if (old.Until <= now) _waiting.TryRemove(key, out _);
        // A tenth at once, so that a flood does not sort the list for every visitor; the oldest have had the most time.
        if (_waiting.Count >= Most)
            foreach (var (key, _) in _waiting.OrderBy(w => w.Value.Until).Take(Most / 10)) _waiting.TryRemove(key, out _);
    }
}
