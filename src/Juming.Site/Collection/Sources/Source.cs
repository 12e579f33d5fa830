using Juming.Site.Events;

namespace Juming.Site.Collection.Sources;

/// <summary>One sender of logs while the program runs. Counters are approximate under races; the ledger is what is exact.</summary>
internal sealed class Source
{
    private const int MostSkews = 200;

    private long _received;
    private long _unparsed;
    private long _lastSeen;
    private readonly Lock _skewGate = new();
    private int[]? _skews;
    private int _skewAt;
    private int _skewCount;

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

    /// <summary>The register gave its row away because it was idle; when it sends again it gets a row again.</summary>
    public bool Evicted { get; set; }

    /// <summary>A person named it, set something of it or tied it to an asset, so its row is kept.</summary>
    public bool Tended { get; set; }

    /// <summary>The asset that sends here, or null.</summary>
    public Guid? AssetId { get; set; }

    /// <summary>Packed files that the pattern of this sender names and that are passed over.</summary>
    public int PackedFiles { get; set; }

    /// <summary>Last line that the register's row has, microseconds since 1970 UTC.</summary>
    public long SavedSeen { get; set; }

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

    /// <summary>Median of receipt minus event time in seconds, over the last 200 samples; null before the first.</summary>
    public double? SkewSeconds
    {
        get
        {
            lock (_skewGate)
            {
                if (_skewCount == 0) return null;
                var sorted = _skews.AsSpan(0, _skewCount).ToArray();
                Array.Sort(sorted);
                return sorted[_skewCount / 2] / 1000.0;
            }
        }
    }

    /// <summary>Samples of the clock's difference, at most 200.</summary>
    public int SkewSamples => Volatile.Read(ref _skewCount);

    /// <summary>The samples were times without a zone, so the difference may be the zone's.</summary>
    public bool ZoneAssumed { get; private set; }

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
    public void CountSkew(long difference, bool zoneAssumed)
    {
        if (Math.Abs(difference) > 86_400_000_000L) return;
        lock (_skewGate)
        {
            _skews ??= new int[MostSkews];
            _skews[_skewAt] = (int)(difference / 1000);
            _skewAt = (_skewAt + 1) % MostSkews;
            _skewCount = Math.Min(MostSkews, _skewCount + 1);
            ZoneAssumed = zoneAssumed;
        }
    }

    /// <summary>Forgets the samples; they were measured with another zone.</summary>
    public void ForgetSkew()
    {
        lock (_skewGate) (_skewAt, _skewCount) = (0, 0);
    }

    /// <summary>Restores the last receipt from the register.</summary>
    public void RestoreLastSeen(long lastSeen)
    {
        Volatile.Write(ref _lastSeen, lastSeen);
        SavedSeen = lastSeen;
    }
}
