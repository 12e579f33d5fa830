using System.Globalization;
using System.Text.RegularExpressions;

namespace Juming.Platform.Web;

/// <summary>Ends of a time range as they stand in an address: <c>now</c>, <c>now-24h</c>, or an instant in ISO form.</summary>
public static partial class TimeSpanText
{
    /// <summary>Reads one end; null when it is none of the forms.</summary>
    public static DateTimeOffset? Read(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text == "now") return now;
        if (Relative().Match(text) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count) && count <= 100_000)
            return match.Groups[2].Value switch { "m" => now.AddMinutes(-count), "h" => now.AddHours(-count), _ => now.AddDays(-count) };
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    [GeneratedRegex("^now-([0-9]{1,6})([mhd])$")]
    private static partial Regex Relative();
}
