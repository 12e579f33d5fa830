using Juming.Cloud.ThreatIntel.Data;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>A claim that stands, as far as the sum needs it.</summary>
/// <param name="Group">Sources of one group count once.</param>
/// <param name="Weight">How sure it is while it is new, 0 to 1.</param>
/// <param name="Threat">Of what.</param>
/// <param name="Seen">Last seen.</param>
/// <param name="Until">Its own end.</param>
/// <param name="MayPass">It may be passed on.</param>
internal readonly record struct StandingClaim(string Group, double Weight, ThreatKind Threat, DateTimeOffset Seen, DateTimeOffset? Until, bool MayPass);

/// <summary>
/// When an indicator stops counting if nobody says anything more: at the end that its sources name, to the second, or when its weight is gone. Travels with it, so that a site without a line
/// lets it go by itself.
/// </summary>
internal static class Expiry
{
    // As long as a hash means something.
    private const int HorizonDays = 3650;

    // Indicators are counted anew once a day: what is still on its list must not end before the next time.
    private static readonly TimeSpan Least = TimeSpan.FromHours(36);

    /// <summary>The instant; null for none within ten years.</summary>
    public static DateTimeOffset? Of(IndicatorRow row, List<StandingClaim> standing, int activeFrom, DateTimeOffset now)
    {
        var passes = standing.Exists(c => c.MayPass);
        var from = now;
        foreach (var end in standing.Where(c => c.Until is not null).Select(c => c.Until!.Value).Distinct().Order())
        {
            if (Counts(end))
            {
                from = end;
                continue;
            }
            return Counts(end.AddTicks(-1)) ? end : Renewed(row.ExpiresAt, Fading(from, end), now, end);
        }
        var horizon = now.AddDays(HorizonDays);
        return Counts(horizon) ? null : Renewed(row.ExpiresAt, Fading(from, horizon), now, horizon);

        bool Counts(DateTimeOffset at) => (!passes || standing.Exists(c => c.MayPass && !(c.Until <= at))) && Standing.Confidence(row, standing, at) >= activeFrom;

        // The last whole hour at which it still counts: many indicators share it, and none needs it more exactly.
        DateTimeOffset Fading(DateTimeOffset low, DateTimeOffset high)
        {
            while (high - low > TimeSpan.FromMinutes(30))
            {
                var middle = low + ((high - low) / 2);
                if (Counts(middle)) low = middle;
                else high = middle;
            }
            return new DateTimeOffset(low.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// A list that names a value again moves its end on every day. What is known is kept until half of the new time is gone, so that such an indicator is not sent to all sites each day.
    /// </summary>
    private static DateTimeOffset Renewed(DateTimeOffset? known, DateTimeOffset fading, DateTimeOffset now, DateTimeOffset latest)
    {
        if (fading < now + Least) fading = now + Least;
        if (fading > latest) fading = latest;
        return known is { } former && former <= fading && former - now >= Least && former - now >= (fading - now) / 2 ? former : fading;
    }
}
