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

    /// <summary>Event time, but only with another key's date before it.</summary>
    Date,

    /// <summary>A Windows user "DOMAIN\name".</summary>
    WindowsUser,

    /// <summary>Severity as word or number, into event.severity.</summary>
    Severity,

    /// <summary>Sysmon's list "SHA256=…,IMPHASH=…".</summary>
    Hashes,
}

/// <summary>Where the value of a key goes.</summary>
/// <param name="Field">First field, 0 for none.</param>
/// <param name="Also">Second field that takes the same value, 0 for none.</param>
/// <param name="Kind">What the value means.</param>
internal readonly record struct FieldTarget(ushort Field, ushort Also = 0, ValueKind Kind = ValueKind.Plain);
