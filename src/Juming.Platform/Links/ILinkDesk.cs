using System.Text.Json.Serialization;
using Google.Protobuf.Reflection;

namespace Juming.Platform.Links;

/// <summary>What an upper host does about those below it.</summary>
public interface ILinkDesk
{
    /// <summary>Whether anybody can come in at all.</summary>
    bool Listens { get; }

    /// <summary>Makes a token for a peer, new or not yet joined; an earlier token of it is void. Its text is shown this once.</summary>
    /// <param name="peer">Identity of the peer.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The token, or null when the peer has joined already or was shut out.</returns>
    Task<Invitation?> Invite(Guid peer, CancellationToken ct);

    /// <summary>Shuts a peer out: its session ends at once, and it never comes back under this identity.</summary>
    /// <returns>False when there is no such peer.</returns>
    Task<bool> Revoke(Guid peer, CancellationToken ct);

    /// <summary>Lets a peer in again that was shut out because two processes had its identity.</summary>
    /// <returns>False when it is not shut out for that.</returns>
    Task<bool> Release(Guid peer, CancellationToken ct);

    /// <summary>How peers stand.</summary>
    /// <param name="peers">Which.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyDictionary<Guid, PeerStanding>> Standing(IReadOnlyCollection<Guid> peers, CancellationToken ct);

    /// <summary>The latest values of these kinds that peers have sent. They say what the peer says: read them as you would read anything from outside.</summary>
    /// <param name="peers">Which.</param>
    /// <param name="messages">Of what: of some kinds a peer has thousands, so nobody gets what it did not ask for.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<ArrivedValue>> Values(IReadOnlyCollection<Guid> peers, IReadOnlyCollection<MessageDescriptor> messages, CancellationToken ct);
}

/// <summary>A latest value of a peer.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Key">What it is about.</param>
/// <param name="Type">What the payload is.</param>
/// <param name="Payload">The message.</param>
/// <param name="ReceivedAt">When it came, by the clock here.</param>
public sealed record ArrivedValue(Guid Peer, string Key, int Type, byte[] Payload, DateTimeOffset ReceivedAt);

/// <summary>A token for a new peer.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Url">What to dial.</param>
/// <param name="Until">How long it is good.</param>
public sealed record Invitation(string Token, string Url, DateTimeOffset Until);

/// <summary>How a peer stands.</summary>
/// <param name="State">In one word.</param>
/// <param name="LastSeenAt">When it last said something.</param>
/// <param name="Build">Its release.</param>
/// <param name="SkewMs">How far its clock is ahead of ours, milliseconds.</param>
/// <param name="TokenUntil">How long its token is good, while it waits for it.</param>
/// <param name="JoinedAt">When it joined.</param>
/// <param name="Sessions">How often it has connected.</param>
public sealed record PeerStanding(PeerState State, DateTimeOffset? LastSeenAt, string Build, long SkewMs, DateTimeOffset? TokenUntil, DateTimeOffset? JoinedAt, long Sessions);

/// <summary>How a peer stands, in one word. Whoever has not been heard for a lease is silent, never well.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum PeerState
{
    /// <summary>It has a token and has not come yet.</summary>
    Invited,

    /// <summary>Its token's time is over.</summary>
    TokenExpired,

    /// <summary>It has been heard within its lease.</summary>
    Connected,

    /// <summary>It has not.</summary>
    Silent,

    /// <summary>Two processes had its identity.</summary>
    Quarantined,

    /// <summary>It was shut out.</summary>
    Revoked,
}
