using Juming.Site.Events;

namespace Juming.Site.Collection.Sources;

/// <summary>One sender of logs while the program runs. Counters are approximate under races; the ledger is what is exact.</summary>
internal sealed class Source
{
    private long _received;
    private long _unparsed;
    private long _lastSeen;
    private long _skewSum;
    private long _skewCount;

    /// <summary>Number in the register, 1 and up; 0 is "all others" when the register is full.</summary>
    public required int Id { get; init; }

    /// <summary>What it is recognised by: "syslog/10.0.0.1", "file/…", "http/…".</summary>
    public required string Key { get; init; }

    /// <summary>Name that a person gave it, or the sender's address.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its lines are counted and dropped.</summary>
    public bool Muted { get; set; }

    /// <summary>The register's row is durable.</summary>
    public bool Persisted { get; set; }

    /// <summary>First line ever, microseconds since 1970 UTC.</summary>
    public long FirstSeen { get; set; }

    /// <summary>What the normaliser remembers.</summary>
    public SourceMemory Memory { get; } = new();

    /// <summary>Habit of sending, for the silence watch.</summary>
    public SilenceWatch Silence { get; } = new();

    /// <summary>Lines since the program started.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Lines nobody could parse since the program started.</summary>
    public long Unparsed => Volatile.Read(ref _unparsed);

    /// <summary>Last line, microseconds since 1970 UTC; 0 for never.</summary>
    public long LastSeen => Volatile.Read(ref _lastSeen);

    /// <summary>Mean of receipt minus event time in seconds, over lines whose time was exact.</summary>
    public double? SkewSeconds => _skewCount == 0 ? null : _skewSum / 1e6 / _skewCount;

    /// <summary>Charset seen most recently that was not UTF-8, or "utf-8".</summary>
    public string Charset { get; set; } = "utf-8";

    /// <summary>Parser that fitted the last line.</summary>
    public string Parser { get; set; } = "";

    /// <summary>Counts lines.</summary>
    public void Count(int lines, int unparsed, long now)
    {
        Interlocked.Add(ref _received, lines);
        if (unparsed > 0) Interlocked.Add(ref _unparsed, unparsed);
        if (now > _lastSeen) Volatile.Write(ref _lastSeen, now);
        if (FirstSeen == 0) FirstSeen = now;
        Silence.Heard(now);
    }

    /// <summary>Takes in one difference of receipt and event time, in microseconds.</summary>
    public void CountSkew(long difference)
    {
        if (Math.Abs(difference) > 86_400_000_000L) return;
        Interlocked.Add(ref _skewSum, difference);
        Interlocked.Increment(ref _skewCount);
    }

    /// <summary>Restores the last receipt from the register.</summary>
    public void RestoreLastSeen(long lastSeen) => Volatile.Write(ref _lastSeen, lastSeen);
}
