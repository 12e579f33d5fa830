using Juming.Platform.Links.Sync;

namespace Juming.Platform.Links.Data;

/// <summary>A neighbouring tier.</summary>
internal sealed class PeerRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Where it stands, seen from here.</summary>
    public PeerSide Side { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Counts takeovers: what an earlier holder of the connection still wants to write is refused.</summary>
    public long Fence { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Hash of the secret of its token; null when it has none that waits.</summary>
    public byte[]? TokenHash { get; set; }
    public DateTimeOffset? TokenUntil { get; set; }
    public DateTimeOffset? EnrolledAt { get; set; }

    /// <summary>Hash of the public key that the token was used for: a lost answer may be asked for again with the same key.</summary>
    public byte[]? KeyHash { get; set; }

    /// <summary>Its certificate, DER.</summary>
    public byte[]? Certificate { get; set; }

    /// <summary>Serial number of the certificate, and of the one before until the new one was seen.</summary>
    public string Serial { get; set; } = "";
    public string PriorSerial { get; set; } = "";

    /// <summary>Which process holds the identity now, and which did before, latest first, separated by blanks.</summary>
    public string BootId { get; set; } = "";
    public string PriorBootIds { get; set; } = "";

    /// <summary>How often an earlier process came back since <see cref="FlipsSince"/>.</summary>
    public int Flips { get; set; }
    public DateTimeOffset? FlipsSince { get; set; }
    public DateTimeOffset? QuarantinedAt { get; set; }
    public string Build { get; set; } = "";

    /// <summary>How far its clock is ahead of ours, milliseconds.</summary>
    public long SkewMs { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
}

/// <summary>This host as an authority over those below it.</summary>
internal sealed class AuthorityRow
{
    /// <summary>Identity of this host as an upper one.</summary>
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>DER.</summary>
    public byte[] Certificate { get; set; } = [];

    /// <summary>Its key, in the vault.</summary>
    public Guid Key { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The same in every row, and unique: there is one.</summary>
    public int Place { get; set; } = 1;
}

/// <summary>This host as one below another.</summary>
internal sealed class MembershipRow
{
    /// <summary>The upper host.</summary>
    public Guid Upper { get; set; }

    /// <summary>Who this host is there.</summary>
    public Guid Self { get; set; }
    public string Url { get; set; } = "";

    /// <summary>The authority's certificate, DER.</summary>
    public byte[] Authority { get; set; } = [];

    /// <summary>This host's certificate, DER.</summary>
    public byte[] Certificate { get; set; } = [];

    /// <summary>Its key, in the vault.</summary>
    public Guid Key { get; set; }
    public DateTimeOffset JoinedAt { get; set; }
}

/// <summary>Where a neighbour stands.</summary>
internal enum PeerSide
{
    /// <summary>Above: this host dials it.</summary>
    Upper,

    /// <summary>Below: it dials this host.</summary>
    Lower,
}

/// <summary>A record of a log, as it was or will be sent.</summary>
internal sealed class LogRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public long Seq { get; set; }
    public int Type { get; set; }
    public string Key { get; set; } = "";

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long At { get; set; }
    public byte[] Payload { get; set; } = [];

    /// <summary>What the record said when it was written; a copy that says something else is damaged.</summary>
    public byte[] Digest { get; set; } = [];

    /// <summary>The chain after it.</summary>
    public byte[] Hash { get; set; } = [];
}

/// <summary>Where a topic that is sent begins and ends.</summary>
internal sealed class LogEndRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }

    /// <summary>Lowest number that is kept.</summary>
    public long First { get; set; } = 1;

    /// <summary>Highest number given out; of values, the highest version.</summary>
    public long Last { get; set; }
    public long Acked { get; set; }

    /// <summary>When that number last rose.</summary>
    public DateTimeOffset? AckedAt { get; set; }

    /// <summary>The chain before <see cref="First"/>.</summary>
    public byte[] HashBefore { get; set; } = Chain.Start.ToArray();

    /// <summary>The chain after <see cref="Last"/>.</summary>
    public byte[] Hash { get; set; } = Chain.Start.ToArray();
}

/// <summary>How far a topic of a neighbour has come here.</summary>
internal sealed class InboxRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public long Last { get; set; }
    public byte[] Hash { get; set; } = Chain.Start.ToArray();
    public long MarksFrom { get; set; }
}

/// <summary>The chain after a record that was applied.</summary>
internal sealed class MarkRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public long Seq { get; set; }
    public byte[] Hash { get; set; } = [];

    /// <summary>Of a branch that ended: applied once, and not to be applied again should the sender come back to it.</summary>
    public bool Ended { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>Records that a neighbour sent and that nobody has any more.</summary>
internal sealed class MissingRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public long First { get; set; }
    public long Last { get; set; }
    public LinkAlarm Reason { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>A latest value that is sent.</summary>
internal sealed class ValueRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public string Key { get; set; } = "";
    public long Version { get; set; }
    public int Type { get; set; }
    public byte[] Payload { get; set; } = [];

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long At { get; set; }
}

/// <summary>A latest value that came from a neighbour.</summary>
internal sealed class ArrivedValueRow
{
    public Guid Peer { get; set; }
    public int Topic { get; set; }
    public string Key { get; set; } = "";
    public long Version { get; set; }
    public int Type { get; set; }
    public byte[] Payload { get; set; } = [];

    /// <summary>Microseconds since 1970 UTC, at the sender.</summary>
    public long At { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}
