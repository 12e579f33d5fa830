using Cronos;

namespace Juming.Site.Response.Triggering;

/// <summary>Times of a schedule: five fields of cron, in the site's zone.</summary>
internal static class Schedule
{
    /// <summary>True when a text is a schedule.</summary>
    public static bool IsCron(string text) => CronExpression.TryParse(text, CronFormat.Standard, out _);

    /// <summary>The last time that was due after one instant and not after another; null for none.</summary>
    public static DateTimeOffset? LastDue(string cron, DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        if (!CronExpression.TryParse(cron, CronFormat.Standard, out var schedule)) return null;
        return schedule.GetOccurrences(after, until, zone, fromInclusive: false, toInclusive: true).Select(o => (DateTimeOffset?)o).LastOrDefault();
    }

    /// <summary>The times that were due in a span.</summary>
    public static IEnumerable<DateTimeOffset> Between(string cron, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) =>
        CronExpression.TryParse(cron, CronFormat.Standard, out var schedule) ? schedule.GetOccurrences(from, to, zone) : [];
}
