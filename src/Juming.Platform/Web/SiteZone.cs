namespace Juming.Platform.Web;

/// <summary>The zone in which people read and write times: <c>Web:Zone</c>. Hosts of one process share it, for they are one operator's trial on one machine.</summary>
public static class SiteZone
{
    /// <summary>Name of the zone where nothing else is set.</summary>
    public const string Default = "Asia/Shanghai";

    /// <summary>The zone.</summary>
    public static TimeZoneInfo Zone { get; private set; } = Find(Default) ?? TimeZoneInfo.Local;

    /// <summary>The zone of an IANA name, or null.</summary>
    public static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>Sets the zone, before the first page is made.</summary>
    public static void Use(TimeZoneInfo zone) => Zone = zone;
}
