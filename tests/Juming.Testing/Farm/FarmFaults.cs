namespace Juming.Testing.Farm;

/// <summary>What can be made to go wrong on a device. All may be changed while it runs.</summary>
public sealed class FarmFaults
{
    private volatile TaskCompletionSource? _frozen;
    private int _failCommits;
    private int _cuts;
    private long _downUntil;

    /// <summary>Pages of a session until it is lost; null: as the console is by nature.</summary>
    public int? SessionPages { get; set; }

    /// <summary>Idle time until a session is lost; null: as the console is by nature.</summary>
    public TimeSpan? SessionIdle { get; set; }

    /// <summary>The next sign-in leads to a page that wants a new password and nothing else.</summary>
    public bool ForcePasswordChange { get; set; }

    /// <summary>The device says that it has done what it was told, and does nothing.</summary>
    public bool FakeSuccess { get; set; }

    /// <summary>How much later than its page a picture of the sign-in comes.</summary>
    public TimeSpan PictureDelay { get; set; }

    /// <summary>The next <paramref name="times"/> commits end in an error.</summary>
    public void FailNextCommit(int times = 1) => Interlocked.Exchange(ref _failCommits, times);

    /// <summary>
    /// After the next <paramref name="times"/> changes the line is cut for a second before the answer: done, but nobody was told. A second,
    /// because browsers send a request again by themselves when a kept connection dies.
    /// </summary>
    public void CutAfterSubmit(int times = 1) => Interlocked.Exchange(ref _cuts, times);

    /// <summary>From now on requests get no answer.</summary>
    public void Freeze() => Interlocked.CompareExchange(ref _frozen, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>Ends <see cref="Freeze"/>; what waited is answered.</summary>
    public void Thaw() => Interlocked.Exchange(ref _frozen, null)?.TrySetResult();

    internal Task Frozen(CancellationToken ct) => _frozen?.Task.WaitAsync(ct) ?? Task.CompletedTask;

    internal bool TakeCommitFailure() => Take(ref _failCommits);

    internal bool IsDown(DateTimeOffset now) => now.UtcTicks < Interlocked.Read(ref _downUntil);

    internal bool TakeCut(DateTimeOffset now)
    {
        if (!Take(ref _cuts)) return false;
        Interlocked.Exchange(ref _downUntil, now.AddSeconds(1).UtcTicks);
        return true;
    }

    internal void Clear()
    {
        Thaw();
        SessionPages = null;
        SessionIdle = null;
        ForcePasswordChange = FakeSuccess = false;
        PictureDelay = TimeSpan.Zero;
        FailNextCommit(0);
        CutAfterSubmit(0);
        Interlocked.Exchange(ref _downUntil, 0);
    }

    private static bool Take(ref int left)
    {
        while (true)
        {
            var now = Volatile.Read(ref left);
            if (now <= 0) return false;
            if (Interlocked.CompareExchange(ref left, now - 1, now) == now) return true;
        }
    }
}
