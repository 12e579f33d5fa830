namespace Juming.Site.Blocking.Show;

/// <summary>Spans as people read them: the two largest units.</summary>
internal static class Left
{
    public static string Of(TimeSpan span)
    {
        if (span < TimeSpan.FromMinutes(1)) return BlockingTexts.Of("LessThanMinute");
        if (span < TimeSpan.FromHours(1)) return BlockingTexts.Of("Minutes", (int)span.TotalMinutes);
        return span < TimeSpan.FromDays(1) ? BlockingTexts.Of("HoursMinutes", (int)span.TotalHours, span.Minutes) : BlockingTexts.Of("DaysHours", (int)span.TotalDays, span.Hours);
    }
}
