using System.Globalization;

namespace Juming.Site.Incidents.Open;

/// <summary>Ways from an alert of an incident to what it was made of.</summary>
internal static class AlertLinks
{
    /// <summary>The logs around an alert, or null where it names nobody.</summary>
    public static string? Logs(Member alert)
    {
        var query = alert.Attacker is { } attacker ? "source.ip:" + attacker : alert.Victim is { } victim ? "destination.ip:" + victim : alert.Host is { } host ? "host.name:\"" + host.Replace("\"", "", StringComparison.Ordinal) + "\"" : null;
        return query is null ? null : $"/logs?q={Uri.EscapeDataString(query)}&from={Instant(alert.FirstAt.AddMinutes(-5))}&to={Instant(alert.LastAt.AddMinutes(5))}";
    }

    private static string Instant(DateTimeOffset at) => Uri.EscapeDataString(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
