using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>What a value means beyond its field.</summary>
internal enum ValueKind : byte
{
    /// <summary>Taken as it is.</summary>
    Plain,

    /// <summary>An address; zero addresses and words for "none" are left out.</summary>
    Ip,

    /// <summary>A port; zero is left out.</summary>
    Port,

    /// <summary>A protocol by name or number, into network.transport or network.protocol.</summary>
    Protocol,

    /// <summary>What the device did: allowed or blocked.</summary>
    Action,

    /// <summary>Event time.</summary>
    Time,

    /// <summary>Event time that is UTC where it names no zone; surer than any other of the line.</summary>
    UtcTime,

    /// <summary>Time at which a collector took the event up, UTC where it names no zone; stands where the line holds nothing surer.</summary>
    CollectorTime,

    /// <summary>Time on the machine's own clock: as sure as UTC when it names its zone, else the least sure.</summary>
    LocalTime,

    /// <summary>Event time, but only with another key's date before it.</summary>
    Date,

    /// <summary>A Windows user "DOMAIN\name".</summary>
    WindowsUser,

    /// <summary>Severity as word or number, into event.severity.</summary>
    Severity,

    /// <summary>Sysmon's list "SHA256=…,IMPHASH=…".</summary>
    Hashes,

    /// <summary>An instant that is not event time: stored as ISO 8601 in UTC.</summary>
    Instant,

    /// <summary>How it ended, into success or failure where the word is known.</summary>
    Outcome,

    /// <summary>Taken with words for "none" too, since rules tell "-" from nothing; the second field goes without them.</summary>
    Verbatim,

    /// <summary>A parser pack's own treatment.</summary>
    Rule,
}

/// <summary>Treatment of a value beyond the kinds above.</summary>
internal interface IValueRule
{
    /// <summary>Stores the value.</summary>
    /// <param name="to">The event.</param>
    /// <param name="value">The value as it stands in the line.</param>
    /// <param name="start">Where it lies in the raw line, or -1 when it is a copy.</param>
    void Put(in EventWriter to, ReadOnlySpan<byte> value, int start);
}

/// <summary>Where the value of a key goes.</summary>
/// <param name="Field">First field, 0 for none.</param>
/// <param name="Also">Second field that takes the same value, 0 for none.</param>
/// <param name="Kind">What the value means.</param>
/// <param name="Rule">The treatment where the kind is <see cref="ValueKind.Rule"/>.</param>
internal readonly record struct FieldTarget(ushort Field, ushort Also = 0, ValueKind Kind = ValueKind.Plain, IValueRule? Rule = null)
{
    /// <summary>The target of a field's name: addresses, ports, times, actions and severities are treated as such by their name.</summary>
    public static FieldTarget Of(string name, ushort also = 0) => name switch
    {
        "@timestamp" => new(0, also, ValueKind.Time),
        "network.transport" => new(0, also, ValueKind.Protocol),
        "event.action" => new(0, also, ValueKind.Action),
        "event.severity" => new(0, also, ValueKind.Severity),
        "event.outcome" => new(Juming.Site.Events.Field.EventOutcome, also, ValueKind.Outcome),
        "event.start" or "event.end" or "event.created" => new(FieldNames.Intern(name), also, ValueKind.Instant),
        "user.name" => new(Juming.Site.Events.Field.UserName, also, ValueKind.WindowsUser),
        _ when name.EndsWith(".ip", StringComparison.Ordinal) || name == "network.forwarded_ip" => new(FieldNames.Intern(name), also, ValueKind.Ip),
        _ when name.EndsWith(".port", StringComparison.Ordinal) => new(FieldNames.Intern(name), also, ValueKind.Port),
        _ => new(FieldNames.Intern(name), also),
    };
}
