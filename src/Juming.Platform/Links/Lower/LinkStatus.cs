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
    private TimeSpan? _answeredIn;

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

    /// <summary>How long the other end took to answer the last heartbeat of this connection; null before the first.</summary>
    public TimeSpan? AnsweredIn
    {
        get
        {
            lock (_lock) return _answeredIn;
        }
    }

    /// <summary>A heartbeat was answered; null for a connection that begins.</summary>
    public void Answered(TimeSpan? within)
    {
        lock (_lock) _answeredIn = within;
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
