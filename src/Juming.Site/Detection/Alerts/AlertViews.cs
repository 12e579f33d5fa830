using System.Text.Json;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts;

/// <summary>Makes what others see of stored alerts.</summary>
internal static class AlertViews
{
    /// <summary>The view of a row.</summary>
    public static AlertView Of(AlertRow row) => new()
    {
        Id = row.Id,
        RuleId = row.RuleId,
        Title = row.Title,
        Subject = row.Subject,
        TimeEstimated = row.TimeEstimated,
        Rolling = (Rolling)row.Rolling,
        Severity = (Severity)row.Severity,
        FirstAt = row.FirstAt,
        LastAt = row.LastAt,
        DetectedAt = row.DetectedAt,
        Count = row.Count,
        Attacker = row.Attacker,
        Victim = row.Victim,
        Host = row.Host,
        Account = row.Account,
        Result = (AttackResult)row.Result,
        Tactics = AlertRule.Apart(row.Tactics),
        Techniques = AlertRule.Apart(row.Techniques),
        Events = [.. row.Events.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse)],
        Matched = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Matched)!,
        SourceId = row.SourceId,
    };
}

/// <summary>Reads alerts for other modules.</summary>
internal sealed class AlertDirectory(DetectionDb db) : IAlertDirectory
{
    private const int MostAtOnce = 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AlertView>> Read(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var views = new List<AlertView>(ids.Count);
        foreach (var some in ids.Chunk(MostAtOnce))
            views.AddRange((await db.Alerts.AsNoTracking().Where(a => some.Contains(a.Id)).ToListAsync(ct)).Select(AlertViews.Of));
        return views;
    }
}
