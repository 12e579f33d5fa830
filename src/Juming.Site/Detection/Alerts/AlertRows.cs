using Juming.Platform.Data;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts;

/// <summary>Turns folds into rows, and rows back into folds that may still grow.</summary>
internal static class AlertRows
{
    /// <summary>An instant of microseconds since 1970 UTC.</summary>
    public static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);

    /// <summary>The row of a new alert.</summary>
    public static AlertRow Of(Fold fold, DateTimeOffset now)
    {
        var opening = fold.Opening!;
        return new AlertRow
        {
            Id = fold.Id,
            RuleId = opening.Rule.Id,
            Title = opening.Rule.Title,
            Code = opening.Code,
            Severity = (int)opening.Rule.Severity,
            FirstAt = Instant(fold.First),
            LastAt = Instant(fold.Last),
            DetectedAt = now,
            Count = fold.Count,
            Attacker = opening.Parties.Attacker,
            Victim = opening.Parties.Victim,
            Host = opening.Parties.Host,
            Account = opening.Parties.Account,
            Result = (int)fold.Result,
            Tactics = opening.Rule.Tactics,
            Techniques = opening.Rule.Techniques,
            Events = fold.EventList,
            Matched = opening.Matched,
            SourceId = opening.SourceId,
            FoldKey = fold.Key,
            LastSequence = fold.Sequence,
            Subject = opening.Subject,
            PartyFields = string.IsNullOrEmpty(opening.Parties.Fields) ? null : opening.Parties.Fields,
            TimeEstimated = fold.IsEstimated,
            Rolling = (int)opening.Rolling,
        };
    }

    /// <summary>The folds of stored alerts, in their order.</summary>
    public static async Task<IReadOnlyList<Fold>> Folds(IQueryable<AlertRow> alerts, CancellationToken ct)
    {
        var rows = await alerts.Select(a => new { a.Id, a.FoldKey, a.FirstAt, a.LastAt, a.Count, a.Events, a.Result, a.LastSequence, a.TimeEstimated, a.Announced, a.Code }).ToListAsync(ct);
        var folds = new List<Fold>(rows.Count);
        foreach (var row in rows)
        {
            var fold = new Fold
            {
                Id = row.Id,
                Key = row.FoldKey,
                // A code with a batch is a finding; without one it was raised by itself.
                Near = row.Code is not null && row.LastSequence > 0 ? Fold.Longest : Fold.Window,
                First = PlainStatements.Micros(row.FirstAt),
                Last = PlainStatements.Micros(row.LastAt),
                Count = row.Count,
                Result = (AttackResult)row.Result,
                Sequence = row.LastSequence,
                IsEstimated = row.TimeEstimated,
                ToldCount = row.Announced ?? row.Count,
                ToldResult = (AttackResult)row.Result,
            };
            foreach (var id in row.Events.Split(',', StringSplitOptions.RemoveEmptyEntries)) fold.Events[fold.EventCount++] = Guid.Parse(id);
            folds.Add(fold);
        }
        return folds;
    }
}
