using System.Text.Json.Serialization;

namespace Juming.Site.Assets.Data;

/// <summary>What stands in the register.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum AssetState
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>No longer there.</summary>
    Retired,

    /// <summary>Turned out to be another asset.</summary>
    Merged,
}

/// <summary>How an asset came into the register.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum AssetOrigin
{
    /// <summary>Seen in logs.</summary>
    Seen,

    /// <summary>From a file.</summary>
    Imported,

    /// <summary>Typed in.</summary>
    Entered,
}

/// <summary>By what an asset is known.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum IdentityKind
{
    /// <summary>IP address.</summary>
    Address,

    /// <summary>Host name.</summary>
    Host,

    /// <summary>Hardware address.</summary>
    Mac,
}

/// <summary>A machine or device of the site.</summary>
internal sealed class AssetRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>A person chose the name; sightings leave it alone.</summary>
    public bool Named { get; set; }
    public int Importance { get; set; }
    public string Business { get; set; } = "";
    public string Zone { get; set; } = "";
    public string Owner { get; set; } = "";
    public string Note { get; set; } = "";
    public AssetState State { get; set; }
    public AssetOrigin Origin { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }
    public Guid? MergedInto { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string ChangedBy { get; set; } = "system";
    public long Version { get; set; } = 1;

    /// <summary>It bore a tag once: it is no longer taken into another by itself.</summary>
    public bool Tagged { get; set; }

    public bool IsBare => !Named && !Tagged && Importance == 0 && Business.Length + Zone.Length + Owner.Length + Note.Length == 0 && Origin == AssetOrigin.Seen;
}

/// <summary>An address, name or hardware address of an asset. Two assets may hold the same one while evidence conflicts.</summary>
internal sealed class IdentityRow
{
    public Guid AssetId { get; set; }
    public IdentityKind Kind { get; set; }

    /// <summary>Lower case.</summary>
    public required string Value { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }
}

/// <summary>A tag of an asset.</summary>
internal sealed class TagRow
{
    public Guid AssetId { get; set; }

    /// <summary>Lower case.</summary>
    public required string Name { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>Key of the effect that set it, so that this effect alone can be taken back; empty for a person.</summary>
    public string Cause { get; set; } = "";

    /// <summary>Key of the effect that took it away; null while it is there.</summary>
    public string? Gone { get; set; }
}

/// <summary>An account seen on an asset.</summary>
internal sealed class AssetUserRow
{
    public Guid AssetId { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }
}

/// <summary>One import and what stood in the register before it.</summary>
internal sealed class ImportRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public DateTimeOffset At { get; set; }
    public string By { get; set; } = "";
    public int Added { get; set; }
    public int Changed { get; set; }

    /// <summary>JSON of <c>Import.Before</c> entries.</summary>
    public string Before { get; set; } = "[]";
    public DateTimeOffset? UndoneAt { get; set; }
}
