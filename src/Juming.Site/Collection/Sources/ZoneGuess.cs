using System.Globalization;

namespace Juming.Site.Collection.Sources;

/// <summary>Proposes a zone for a device whose times name none and are off by whole half hours. A proposal only: an attacker on the device could move its clock, so a person decides.</summary>
/// <param name="Zone">IANA name of a zone with that offset.</param>
/// <param name="Offset">Offset as text, "+08:00".</param>
internal sealed record ZoneGuess(string Zone, string Offset)
{
    private const int LeastSamples = 20;
    private const double HalfHour = 1800;
    private const double MostOff = 120;

    /// <summary>The proposal for a sender, or null.</summary>
    public static ZoneGuess? Of(Source source, DateTimeOffset now)
    {
        if (!source.ZoneAssumed || source.SkewSamples < LeastSamples || source.SkewSeconds is not { } skew) return null;
        var steps = Math.Round(skew / HalfHour);
        if (steps == 0 || Math.Abs(skew - (steps * HalfHour)) > MostOff) return null;
        var offset = source.Memory.Zone.GetUtcOffset(now) - TimeSpan.FromSeconds(steps * HalfHour);
        return NameOf(offset) is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? new ZoneGuess(zone, Text(offset)) : null;
    }

    private static string Text(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    private static string? NameOf(TimeSpan offset) => offset.TotalHours switch
    {
        0 => "Etc/UTC",
        8 => "Asia/Shanghai",
        3.5 => "Asia/Tehran",
        4.5 => "Asia/Kabul",
        5.5 => "Asia/Kolkata",
        6.5 => "Asia/Yangon",
        9.5 => "Australia/Darwin",
        // The signs of these names are turned around, by POSIX.
        var hours when hours == Math.Floor(hours) && hours is >= -12 and <= 14 => string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(hours > 0 ? "-" : "+")}{Math.Abs(hours):0}"),
        _ => null,
    };
}
