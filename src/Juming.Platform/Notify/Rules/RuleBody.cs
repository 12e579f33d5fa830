using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Platform.Access;
using Juming.Platform.Notify.Data;

namespace Juming.Platform.Notify.Rules;

/// <summary>Whom a rule tells, on which ways, and when not.</summary>
/// <param name="Roles">People by role.</param>
/// <param name="People">People by identity.</param>
/// <param name="Channels">Ways in their order.</param>
/// <param name="Escalates">The first way at once, the others when nobody acknowledges, then the leaders; otherwise all at once.</param>
/// <param name="Leaders">People who are told last.</param>
/// <param name="QuietFrom">Minute of the day from which nothing goes out, and until which; both null for no quiet.</param>
/// <param name="QuietTo">Minute of the day.</param>
internal sealed record RuleBody(IReadOnlyList<Role> Roles, IReadOnlyList<Guid> People, IReadOnlyList<Guid> Channels, bool Escalates, IReadOnlyList<Guid> Leaders, int? QuietFrom, int? QuietTo)
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public static RuleBody Read(RuleRow row) => JsonSerializer.Deserialize<RuleBody>(row.Body, Json)!;

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>True when the rule concerns a notice.</summary>
    public static bool Fits(RuleRow rule, string code, int weight) =>
        rule.Enabled && weight >= rule.LeastWeight
        && (rule.Codes.Length == 0 || rule.Codes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(c => c.EndsWith('*') ? code.StartsWith(c[..^1], StringComparison.Ordinal) : c == code));

    /// <summary>The instant at or after which a notice may go out: now, or the end of the quiet hours in the site's zone.</summary>
    public DateTimeOffset Out(DateTimeOffset now, NoticeWeight weight, TimeZoneInfo zone)
    {
        if (QuietFrom is not { } from || QuietTo is not { } to || from == to || weight == NoticeWeight.Critical) return now;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var minute = (local.Hour * 60) + local.Minute;
        var isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
        if (!isQuiet) return now;
        var day = DateOnly.FromDateTime(local.DateTime).AddDays(minute < to ? 0 : 1);
        var end = day.ToDateTime(new TimeOnly(to / 60 % 24, to % 60));
        // Where the clock is set forward over the end, the hour that does not exist counts as the next.
        if (zone.IsInvalidTime(end)) end = end.AddHours(1);
        return new DateTimeOffset(end, zone.GetUtcOffset(end));
    }
}
