using System.Text.Json.Serialization;

namespace Juming.Site.Blocking.Data;

/// <summary>A target that is or was blocked.</summary>
internal sealed class EntryRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Key { get; set; }

    /// <summary>Address or range in normal form.</summary>
    public required string Target { get; set; }
    public string Reason { get; set; } = "";
    public Guid? Incident { get; set; }
    public Guid? Run { get; set; }
    public string By { get; set; } = "";
    public bool Automatic { get; set; }
    public bool TwoAgreed { get; set; }

    /// <summary>1 for the first time that the target is blocked.</summary>
    public int Offence { get; set; } = 1;
    public DateTimeOffset Since { get; set; }
    public DateTimeOffset Until { get; set; }

    /// <summary>Over all devices: the least good.</summary>
    public BlockState State { get; set; }

    /// <summary>It is off all devices, or never came onto one.</summary>
    public bool Ended { get; set; }
    public DateTimeOffset? LiftedAt { get; set; }
    public string LiftedBy { get; set; } = "";
    public string LiftReason { get; set; } = "";
    public DateTimeOffset UpdatedAt { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>A wish, by its key: it is granted once, and counted.</summary>
internal sealed class WishRow
{
    public required string Key { get; set; }
    public Guid EntryId { get; set; }
    public string By { get; set; } = "";
    public bool Automatic { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>How an entry stands on one device.</summary>
internal sealed class OnDeviceRow
{
    public Guid EntryId { get; set; }
    public Guid DeviceId { get; set; }
    public required string Device { get; set; }
    public BlockState State { get; set; }

    /// <summary>An order was begun; until its outcome is stored nobody knows what it did.</summary>
    public bool Begun { get; set; }

    /// <summary>Number of the effect: each new intention to change the device has its own, and with it its own key.</summary>
    public int Effect { get; set; } = 1;

    /// <summary>Tries of the present effect.</summary>
    public int Tries { get; set; }

    /// <summary>How often it was put back after it had vanished.</summary>
    public int PutBack { get; set; }

    /// <summary>Not before.</summary>
    public DateTimeOffset NextAt { get; set; }
    public string? Failure { get; set; }
    public Guid? Run { get; set; }
    public string? Reference { get; set; }
    public DateTimeOffset? At { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>A wish for a range that one person alone may not block.</summary>
internal sealed class WideRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Key { get; set; }
    public required string Target { get; set; }
    public string Reason { get; set; } = "";
    public int? Minutes { get; set; }

    /// <summary>Identities of the devices that were named, JSON.</summary>
    public string Devices { get; set; } = "[]";

    /// <summary>Where it would be set when it was asked, as the second person sees it.</summary>
    public string DeviceNames { get; set; } = "";
    public string Group { get; set; } = "";
    public Guid? Incident { get; set; }
    public string By { get; set; } = "";
    public string ById { get; set; } = "";
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>The question; null until it is asked.</summary>
    public Guid? Approval { get; set; }
    public WideState State { get; set; }
    public string DecidedBy { get; set; } = "";
    public DateTimeOffset? EndedAt { get; set; }
    public string? Failure { get; set; }
    public Guid? Entry { get; set; }
}

/// <summary>How a wish for a wide range stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum WideState
{
    /// <summary>It waits for a second person.</summary>
    Asked,

    /// <summary>Agreed to, and in the block list.</summary>
    Granted,

    /// <summary>A second person said no.</summary>
    Refused,

    /// <summary>Nobody answered in time.</summary>
    Expired,

    /// <summary>The question was taken back.</summary>
    Withdrawn,

    /// <summary>Agreed to, and refused by the block list all the same.</summary>
    Failed,
}

/// <summary>What the customer protects.</summary>
internal sealed class ProtectedRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Kind { get; set; }

    /// <summary>Address or range in normal form.</summary>
    public required string Range { get; set; }
    public string Note { get; set; } = "";
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? Until { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>Whether automation may block; one row.</summary>
internal sealed class BrakeRow
{
    public int Id { get; set; } = 1;
    public bool Paused { get; set; }
    public PauseCause Cause { get; set; }
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

/// <summary>Why automation is paused.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum PauseCause
{
    /// <summary>A person stopped it.</summary>
    Person,

    /// <summary>Too many automatic blocks were lifted.</summary>
    Breaker,
}
