using System.Collections.Concurrent;

namespace Juming.Platform.Access.SignIn;

/// <summary>Failed attempts by account and by address. After the fifth each failure doubles the pause. Names without an account count alike, so that nothing is told.</summary>
internal sealed class LockOut(TimeProvider clock)
{
    private const int Free = 5;
    private const int MostKept = 20_000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    // An account must not be shut for long by somebody else's failures; an address may be.
    private static readonly TimeSpan LongestForAccount = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestForAddress = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Failures> _failures = new();
    private readonly Lock _turn = new();

    /// <summary>How long this account or address must still wait; zero when it may try.</summary>
    public TimeSpan Wait(string account, string address)
    {
        var now = clock.GetUtcNow();
        var until = Latest(Key('a', account), Key('i', address));
        return until > now ? until - now : TimeSpan.Zero;
    }

    /// <summary>How long this address must still wait where no account is named.</summary>
    public TimeSpan Wait(string address)
    {
        var now = clock.GetUtcNow();
        return _failures.TryGetValue(Key('i', address), out var failures) && failures.Until > now ? failures.Until - now : TimeSpan.Zero;
    }

    /// <summary>
    /// Takes an attempt, or says how long to wait. It counts as failed from the start, so that attempts at the same time can't all slip in
    /// before the first has failed; one that goes well is given back.
    /// </summary>
    public TimeSpan Reserve(string account, string address)
    {
        lock (_turn)
        {
            var wait = Wait(account, address);
            if (wait == TimeSpan.Zero) Failed(account, address);
            return wait;
        }
    }

    /// <summary>Gives back an attempt that went well.</summary>
    public void Release(string account, string address)
    {
        Uncount(Key('a', account));
        Uncount(Key('i', address));
    }

    public void Failed(string account, string address)
    {
        Count(Key('a', account), LongestForAccount, Free);
        Failed(address);
    }

    /// <summary>Counts a failure that names no account.</summary>
    public void Failed(string address)
    {
        if (_failures.Count > MostKept) Forget();
        // Several people may sit behind one address.
        Count(Key('i', address), LongestForAddress, Free * 4);
    }

    public void Succeeded(string account) => _failures.TryRemove(Key('a', account), out _);

    private static string Key(char kind, string value) => kind + (value.Length > 64 ? value[..64] : value);

    private DateTimeOffset Latest(string one, string other)
    {
        var a = _failures.TryGetValue(one, out var x) ? x.Until : DateTimeOffset.MinValue;
        var b = _failures.TryGetValue(other, out var y) ? y.Until : DateTimeOffset.MinValue;
        return a > b ? a : b;
    }

    private void Count(string key, TimeSpan longest, int free)
    {
        var now = clock.GetUtcNow();
        _failures.AddOrUpdate(key, _ => new Failures(1, now, now), (_, old) =>
        {
            var count = now - old.Last > Forgotten ? 1 : old.Count + 1;
            var pause = count < free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Pow(2, Math.Min(count - free + 1, 16)));
            return new Failures(count, now + (pause < longest ? pause : longest), now);
        });
    }

    private void Uncount(string key)
    {
        var now = clock.GetUtcNow();
        // No pause was running when the attempt was taken, so none is left behind.
        if (_failures.ContainsKey(key)) _failures.AddOrUpdate(key, _ => new Failures(0, now, now), (_, old) => old with { Count = Math.Max(0, old.Count - 1), Until = now });
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, failures) in _failures)
            if (now - failures.Last > Forgotten || _failures.Count > MostKept && failures.Until < now) _failures.TryRemove(key, out _);
    }

    private sealed record Failures(int Count, DateTimeOffset Until, DateTimeOffset Last);
}
