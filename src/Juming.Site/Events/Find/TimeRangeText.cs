using System.Globalization;
using System.Text.RegularExpressions;

namespace Juming.Site.Events.Find;

/// <summary>
/// Reads a time range as people type or paste it: "昨天 14:00-16:00", "last 3 hours", "2026-11-20 22:00 ~ 02:00", "Nov 20 14:03:11", ISO, epoch.
/// </summary>
internal static partial class TimeRangeText
{
    private static readonly TimeSpan AfterOneInstant = TimeSpan.FromMinutes(15);

    /// <summary>The two ends as they stand in an address; null when the text is no range.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="now">The present.</param>
    /// <param name="zone">Zone of times that name none.</param>
    public static (string From, string To)? Read(string? text, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (text is null || text.Length > 200) return null;
        var plain = Plain(text);
        if (Last().Match(plain) is { Success: true } last) return Relative(last);
        if (Days().Match(plain) is { Success: true } day && zone == Platform.Web.SiteZone.Zone)
            return Ago(day.Value) switch { 0 => ("now/d", "now"), 1 => ("now-1d/d", "now/d"), var n => ($"now-{n}d/d", $"now-{n - 1}d/d") };
        if (Unread().Replace(Token().Replace(plain, " "), "").Length > 0) return null;
        var moments = Moments(plain, now, zone);
        if (moments is not { Count: 1 or 2 }) return null;
        var first = moments[0];
        var second = moments.Count == 2 ? moments[1] : first with { At = first.At + (first.IsDay ? TimeSpan.Zero : AfterOneInstant) };
        var end = second.IsDay ? second.At.AddDays(1) : second.At;
        // "22:00-02:00" goes over midnight.
        if (end <= first.At && !second.OwnDay && moments.Count == 2) end = end.AddDays(1);
        return end > first.At ? (Instant(first.At), Instant(end)) : null;
    }

    /// <summary>An instant as it stands in an address.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private readonly record struct Moment(DateTimeOffset At, bool IsDay, bool OwnDay);

    private static string Plain(string text)
    {
        var plain = Clock().Replace(text.Trim().Replace('：', ':').Replace('／', '/').ToLowerInvariant(), m => $"{m.Groups[1].Value}:{(m.Groups[2].Success ? m.Groups[2].Value.PadLeft(2, '0') : "00")}");
        return ChineseDate().Replace(plain, m => (m.Groups[1].Success ? m.Groups[1].Value + "-" : "") + m.Groups[2].Value + "-" + m.Groups[3].Value + " ");
    }

    private static (string, string)? Relative(Match last)
    {
        var count = int.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var unit = last.Groups[2].Value;
        var (factor, sign) = unit[0] switch { '分' or 'm' => (1, 'm'), '小' or '时' or 'h' => (1, 'h'), '周' or 'w' => (7, 'd'), _ => (1, 'd') };
        return count is 0 or > 10_000 ? null : ($"now-{count * factor}{sign}", "now");
    }

    private static List<Moment>? Moments(string plain, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        var found = new List<Moment>();
        (DateTime Day, bool Own, bool Used) current = (today, false, true);
        foreach (Match token in Token().Matches(plain))
        {
            if (token.Groups["epoch"].Success || token.Groups["iso"].Success)
            {
                if (Whole(token, zone) is not { } at) return null;
                found.Add(new Moment(at, false, true));
                continue;
            }
            if (token.Groups["time"].Success)
            {
                if (!TimeSpan.TryParse(token.Groups["time"].Value, CultureInfo.InvariantCulture, out var time) || time >= TimeSpan.FromDays(1)) return null;
                found.Add(new Moment(At(current.Day + time, token.Groups["z"].Success ? TimeZoneInfo.Utc : zone), false, current.Own && !current.Used));
                current.Used = true;
                continue;
            }
            if (!current.Used) found.Add(new Moment(At(current.Day, zone), true, true));
            if (DayOf(token, today) is not { } day) return null;
            current = (day, true, false);
        }
        if (!current.Used) found.Add(new Moment(At(current.Day, zone), true, true));
        return found;
    }

    private static DateTimeOffset? Whole(Match token, TimeZoneInfo zone)
    {
        if (token.Groups["iso"].Success)
        {
            if (!DateTimeOffset.TryParse(token.Value.ToUpperInvariant(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) || instant.Year is < 1970 or > 2200) return null;
            return token.Groups["zone"].Success ? instant : At(instant.UtcDateTime, zone);
        }
        var number = long.Parse(token.Value, CultureInfo.InvariantCulture);
        return DateTimeOffset.UnixEpoch.AddTicks(token.Length switch { 10 => number * 10_000_000, 13 => number * 10_000, _ => number * 10 });
    }

    private static DateTime? DayOf(Match token, DateTime today)
    {
        if (token.Groups["word"].Success) return today.AddDays(-Ago(token.Value));
        var (year, month, day) = (token.Groups["y"], token.Groups["m"].Success ? int.Parse(token.Groups["m"].ValueSpan, CultureInfo.InvariantCulture) : 0, int.Parse(token.Groups["d"].ValueSpan, CultureInfo.InvariantCulture));
        if (token.Groups["name"].Success) month = Array.IndexOf(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], token.Groups["name"].Value) + 1;
        var whole = year.Success ? int.Parse(year.ValueSpan, CultureInfo.InvariantCulture) : today.Year;
        if (whole is < 1970 or > 2200 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(whole, month)) return null;
        var date = new DateTime(whole, month, day, 0, 0, 0, DateTimeKind.Unspecified);
        // A date without a year is the last one that has come.
        return !year.Success && date > today.AddDays(1) && day <= DateTime.DaysInMonth(whole - 1, month) ? date.AddYears(-1) : date;
    }

    private static int Ago(string word) => word switch { "今天" or "今日" or "today" => 0, "昨天" or "昨日" or "yesterday" => 1, _ => 2 };

    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone) => new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)));

    [GeneratedRegex(@"([0-9]{1,2})\s*[点时](?!前)(?:\s*([0-9]{1,2})\s*分?)?")]
    private static partial Regex Clock();

    [GeneratedRegex("(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})[日号]?")]
    private static partial Regex ChineseDate();

    [GeneratedRegex(@"^(?:最近|过去|近|last|past)?\s*([0-9]{1,6})\s*(分钟|分|minutes?|min|m|小时|hours?|h|天|days?|d|周|weeks?|w)$")]
    private static partial Regex Last();

    [GeneratedRegex("^(?:今天|今日|today|昨天|昨日|yesterday|前天)$")]
    private static partial Regex Days();

    [GeneratedRegex(
        @"(?<iso>(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?<zone>z|[+-][0-9]{2}:?[0-9]{2})?)" +
        @"|(?<time>(?<![0-9:.])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,7})?)?)(?<z>\s?(?:z|utc)\b)?" +
        @"|(?<![0-9])(?<y>[0-9]{4})[-/.](?<m>[0-9]{1,2})[-/.](?<d>[0-9]{1,2})(?![0-9])|\b(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+(?<d>[0-9]{1,2})\b(?!:)|(?<![0-9:])(?<m>[0-9]{1,2})[-/](?<d>[0-9]{1,2})(?![0-9:])" +
        @"|(?<word>今天|今日|today|昨天|昨日|yesterday|前天)" +
        @"|(?<epoch>(?<![0-9])(?:[0-9]{16}|[0-9]{13}|[0-9]{10})(?![0-9]))")]
    private static partial Regex Token();

    [GeneratedRegex(@"[\s\-–—~～→,，/]|\bto\b|至|到|\.\.")]
    private static partial Regex Unread();
}
