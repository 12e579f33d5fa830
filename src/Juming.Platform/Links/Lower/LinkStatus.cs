using Grpc.Core;

namespace Juming.Platform.Links.Lower;

/// <summary>How the link to the host above stands, for those who look.</summary>
internal sealed class LinkStatus(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private LinkState _state = LinkState.NotJoined;
    private DateTimeOffset _since = clock.GetUtcNow();
    private string _problem = "";
    private string _detail = "";
    private DateTimeOffset? _heardAt;
    private long _aheadMs;
    private long? _beatAt;
    private TimeSpan? _roundTrip;

    /// <summary>How often the two have been connected since this process began.</summary>
    public int Connections { get; private set; }

    /// <summary>Sets the state; what it was stays since when it was.</summary>
    public void Set(LinkState state, string problem = "", string detail = "")
    {
        lock (_lock)
        {
            if (_state != state) _since = clock.GetUtcNow();
            if (_state != state && state == LinkState.Connected) Connections++;
            // What the other end writes is shown to people; a line of it is enough.
            (_state, _problem, _detail) = (state, problem, detail.Length > 300 ? detail[..300] : detail);
        }
    }

    /// <summary>The other end said something.</summary>
    public void Heard()
    {
        lock (_lock) _heardAt = clock.GetUtcNow();
    }

    /// <summary>The other end told its time.</summary>
    /// <param name="aheadMs">How far it is ahead of ours, milliseconds.</param>
    public void Learn(long aheadMs)
    {
        lock (_lock) _aheadMs = aheadMs;
    }

    /// <summary>A heartbeat leaves; the next lease answers it.</summary>
    public void Beat()
    {
        lock (_lock) _beatAt = clock.GetTimestamp();
    }

    /// <summary>A lease came.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            if (_beatAt is { } at) _roundTrip = clock.GetElapsedTime(at);
            _beatAt = null;
        }
    }

    /// <summary>From the last heartbeat that was answered to its answer, the upper host's commit included; null while none was.</summary>
    public TimeSpan? RoundTrip
    {
        get
        {
            lock (_lock) return _roundTrip;
        }
    }

    /// <summary>As it stands.</summary>
    public (LinkState State, DateTimeOffset Since, string Problem, string Detail, DateTimeOffset? HeardAt, long AheadMs) Now
    {
        get
        {
            lock (_lock) return (_state, _since, _problem, _detail, _heardAt, _aheadMs);
        }
    }

    /// <summary>Why a connection failed, as a stable code.</summary>
    public static string ProblemOf(RpcException e) => e.StatusCode switch
    {
        StatusCode.Unauthenticated => "shut-out",
        StatusCode.PermissionDenied => "refused",
        StatusCode.ResourceExhausted => "busy",
        StatusCode.FailedPrecondition => "session-ended",
        StatusCode.Unimplemented => "other-release",
        _ => "unreachable",
    };
}

/// <summary>How a link stands.</summary>
internal enum LinkState
{
    /// <summary>This host has joined nobody.</summary>
    NotJoined,

    /// <summary>Dialling.</summary>
    Connecting,

    /// <summary>Both talk.</summary>
    Connected,

    /// <summary>Waiting to dial again.</summary>
    Waiting,
}
