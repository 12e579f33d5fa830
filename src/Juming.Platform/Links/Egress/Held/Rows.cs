namespace Juming.Platform.Links.Egress.Held;

/// <summary>A day of a ledger as a peer below told it. Rows are added and never changed: what contradicts an earlier one is kept beside it.</summary>
internal sealed class HeldHeadRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid Peer { get; set; }

    /// <summary>Days since 1970 UTC.</summary>
    public int Day { get; set; }

    /// <summary>Number of the day's last entry.</summary>
    public long Last { get; set; }
    public long DayEntries { get; set; }
    public long DayBytes { get; set; }
    public byte[] Hash { get; set; } = [];
    public byte[] Signature { get; set; } = [];

    /// <summary>X and Y of the key's point; empty where the peer's release does not say.</summary>
    public byte[] PointXy { get; set; } = [];

    /// <summary>Signature over all of the message.</summary>
    public byte[] Statement { get; set; } = [];
    public int? PreviousDay { get; set; }
    public byte[] PreviousHash { get; set; } = [];

    /// <summary>By the peer's clock.</summary>
    public DateTimeOffset? SignedAt { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public HeldState State { get; set; }
}

/// <summary>What the host above said that it holds of a day of this one's ledger.</summary>
internal sealed class ReceiptRow
{
    public Guid Upper { get; set; }

    /// <summary>Days since 1970 UTC.</summary>
    public int Day { get; set; }
    public long Entries { get; set; }
    public byte[] Hash { get; set; } = [];
    public HeldState State { get; set; }

    /// <summary>By the clock over there.</summary>
    public DateTimeOffset ReceivedAt { get; set; }
    public DateTimeOffset At { get; set; }
}
