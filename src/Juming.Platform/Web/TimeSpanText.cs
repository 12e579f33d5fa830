using System.Globalization;
using System.Text.RegularExpressions;

namespace Juming.Platform.Web;

/// <summary>Ends of a time range as they stand in an address: <c>now</c>, <c>now-24h</c>, <c>now-1d/d</c> (the beginning of that day at the site), or an instant in ISO form.</summary>
public static partial class TimeSpanText
{
    /// <summary>Reads one end; null when it is none of the forms.</summary>
    public static DateTimeOffset? Read(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (Relative().Match(text) is { Success: true } match)
        {
            var count = match.Groups[1].Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
            if (count > 100_000) return null;
            var at = match.Groups[2].Value switch { "m" => now.AddMinutes(-count), "h" => now.AddHours(-count), _ => now.AddDays(-count) };
            return match.Groups[3].Success ? DayOf(at) : at;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
    }

    private static DateTimeOffset DayOf(DateTimeOffset at)
    {
        var day = TimeZoneInfo.ConvertTime(at, SiteZone.Zone).Date;
        return new DateTimeOffset(day, SiteZone.Zone.GetUtcOffset(day));
    }

    [GeneratedRegex("^now(?:-([0-9]{1,6})([mhd]))?(/d)?$")]
    private static partial Regex Relative();
}
