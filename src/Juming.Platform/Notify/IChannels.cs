namespace Juming.Platform.Notify;

/// <summary>Ways out for who must use one of them and must know what became of it.</summary>
public interface IChannels
{
    /// <summary>All of them by name.</summary>
    Task<IReadOnlyList<ChannelBrief>> All(CancellationToken ct);

    /// <summary>How the messages of a notice stand; null when there is no such notice.</summary>
    Task<NoticeStanding?> Look(Guid notice, CancellationToken ct);

    /// <summary>What has not left yet will not leave any more.</summary>
    Task Withdraw(Guid notice, CancellationToken ct);
}

/// <summary>A way out.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">What it is, "WeComRobot".</param>
/// <param name="Stopped">Code of why nothing leaves through it, "channel-off"; null when it is in use.</param>
/// <param name="IsPersonal">It reaches people by an address of their own, so that people must be named.</param>
/// <param name="Reveal">Names of private values that leave through it as they are; "*" for all.</param>
public sealed record ChannelBrief(Guid Id, string Name, string Kind, string? Stopped, bool IsPersonal, IReadOnlyList<string> Reveal);

/// <summary>How a notice stands.</summary>
/// <param name="IsPlanned">Its messages are known.</param>
/// <param name="Messages">They, one for a channel and person.</param>
public sealed record NoticeStanding(bool IsPlanned, IReadOnlyList<Sending> Messages);

/// <summary>How a message stands.</summary>
/// <param name="Person">Identity of its receiver; null for a group or a program.</param>
/// <param name="State">How far it is.</param>
/// <param name="Failure">Code of why it did not go, the last time.</param>
/// <param name="Detail">What the other side said; attacker-controlled.</param>
/// <param name="Reference">What the other side calls it.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record Sending(Guid? Person, SendingState State, string? Failure, string? Detail, string? Reference, int Attempts);

/// <summary>How far a message is.</summary>
public enum SendingState
{
    /// <summary>It will be tried.</summary>
    Waiting,

    /// <summary>It is on its way, or was when the process ended.</summary>
    Leaving,

    /// <summary>The other side took it.</summary>
    Sent,

    /// <summary>It was given up.</summary>
    Failed,
}
