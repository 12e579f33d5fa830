using System.Globalization;

namespace Juming.Site.Incidents.Show;

/// <summary>Durations as people read them.</summary>
internal static class Spell
{
    /// <summary>"2d 03:04:05", "03:04:05"; a clock that ran backwards counts as zero.</summary>
    public static string Of(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        var clock = span.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
        return span.Days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.Days}d {clock}") : clock;
    }
}
