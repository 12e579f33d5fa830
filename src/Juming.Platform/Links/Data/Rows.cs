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
