using Juming.Platform.Web;

namespace Juming.Site.Incidents.Show;

/// <summary>Instants as people of the site type them: in its zone.</summary>
internal static class SiteTime
{
    /// <summary>What the clock on the wall shows.</summary>
    public static DateTime OnTheWall(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, SiteZone.Zone).DateTime;

    /// <summary>The instant at which the clock on the wall shows this.</summary>
    public static DateTimeOffset Instant(DateTime wall) => new DateTimeOffset(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified), SiteZone.Zone.GetUtcOffset(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified))).ToUniversalTime();
}
