namespace Juming.Platform.Web;

/// <summary>The zone in which the site's people read and write times.</summary>
public static class SiteZone
{
    /// <summary>The zone.</summary>
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.TryFindSystemTimeZoneById("Asia/Shanghai", out var zone) ? zone : TimeZoneInfo.Local;
}
