using Juming.Platform.Web;

namespace Juming.Site.Tickets.Work;

/// <summary>Days as people at the site count them.</summary>
internal static class Days
{
    /// <summary>The end of a day in the site's zone.</summary>
    public static DateTimeOffset? End(DateOnly? day)
    {
        if (day is not { } chosen) return null;
        var end = chosen.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(end, SiteZone.Zone.GetUtcOffset(end));
    }
}
