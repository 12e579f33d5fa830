namespace Juming.Testing.Farm;

/// <summary>One thing that really happened on a device: acts are lower-case words such as <c>sign-in</c>, <c>block</c>, <c>commit</c>; outcome is <c>done</c> or why not.</summary>
public sealed record Truth(long Number, DateTimeOffset At, string Account, string Act, string Target, string Outcome, string Note);

/// <summary>Append-only record of what a device really did. Product code has no way to it.</summary>
public sealed class TruthLog(Func<TimeProvider> clock)
{
    private readonly Lock _gate = new();
    private readonly List<Truth> _lines = [];

    /// <summary>A copy of all lines so far.</summary>
    public IReadOnlyList<Truth> Lines
    {
        get { lock (_gate) return [.. _lines]; }
    }

    /// <summary>The lines of one act.</summary>
    public IReadOnlyList<Truth> Of(string act) => [.. Lines.Where(l => l.Act == act)];

    /// <summary>Everything that changed the device or was meant to: what is neither signing in and out nor an event of the clock or the farm's own hand.</summary>
    public IReadOnlyList<Truth> Mutations => [.. Lines.Where(l => l.Account is not "" and not "(clock)" && l.Act is not ("sign-in" or "sign-out" or "lock" or "session-lost" or "captcha" or "kick") && !l.Act.StartsWith("farm-", StringComparison.Ordinal))];

    internal void Add(string account, string act, string target, string outcome, string note = "")
    {
        lock (_gate) _lines.Add(new Truth(_lines.Count + 1, clock().GetUtcNow(), account, act, target, outcome, note));
    }

    internal void Clear()
    {
        lock (_gate) _lines.Clear();
    }
}
