using Juming.Platform.Data;
using Juming.Site.Detection.Data;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Site.Detection.Alerts;

/// <summary>Writes alerts and hits with prepared statements, the same text on SQLite and PostgreSQL.</summary>
internal sealed class AlertStatements(PlainStatements statements)
{
    private const string InsertText = """
        INSERT INTO detection_alerts (id, rule_id, title, code, severity, first_at, last_at, detected_at, count, attacker, victim, host, account, result,
          tactics, techniques, events, matched, source_id, fold_key, last_sequence, subject, party_fields, time_estimated, rolling)
        VALUES (@id, @rule_id, @title, @code, @severity, @first_at, @last_at, @detected_at, @count, @attacker, @victim, @host, @account, @result,
          @tactics, @techniques, @events, @matched, @source_id, @fold_key, @last_sequence, @subject, @party_fields, @time_estimated, @rolling)
        ON CONFLICT (id) DO UPDATE SET count = excluded.count, first_at = excluded.first_at, last_at = excluded.last_at, events = excluded.events,
          result = excluded.result, last_sequence = excluded.last_sequence, time_estimated = excluded.time_estimated
        """;

    private const string UpdateText = """
        UPDATE detection_alerts SET count = @count, first_at = @first_at, last_at = @last_at, events = @events, result = @result, last_sequence = @last_sequence,
          time_estimated = @time_estimated, announced = @announced WHERE id = @id
        """;

    private const string HitsText = """
        INSERT INTO detection_hits (rule_id, hour, matches, alerts, last_at) VALUES (@rule_id, @hour, @matches, @alerts, @last_at)
        ON CONFLICT (rule_id, hour) DO UPDATE SET matches = detection_hits.matches + excluded.matches, alerts = detection_hits.alerts + excluded.alerts,
          last_at = CASE WHEN excluded.last_at > detection_hits.last_at THEN excluded.last_at ELSE detection_hits.last_at END
        """;

    /// <summary>Inserts new alerts.</summary>
    public Task Insert(IEnumerable<AlertRow> rows) => statements.Run(InsertText, rows, static (c, row) =>
    {
        Set(c, "id", row.Id);
        Set(c, "rule_id", row.RuleId);
        Set(c, "title", row.Title);
        Set(c, "code", row.Code);
        Set(c, "severity", row.Severity);
        Set(c, "first_at", Micros(row.FirstAt));
        Set(c, "last_at", Micros(row.LastAt));
        Set(c, "detected_at", Micros(row.DetectedAt));
        Set(c, "count", row.Count);
        Set(c, "attacker", row.Attacker);
        Set(c, "victim", row.Victim);
        Set(c, "host", row.Host);
        Set(c, "account", row.Account);
        Set(c, "result", row.Result);
        Set(c, "tactics", row.Tactics);
        Set(c, "techniques", row.Techniques);
        Set(c, "events", row.Events);
        Set(c, "matched", row.Matched);
        Set(c, "source_id", row.SourceId);
        Set(c, "fold_key", row.FoldKey);
        Set(c, "last_sequence", row.LastSequence);
        Set(c, "subject", row.Subject);
        Set(c, "party_fields", row.PartyFields);
        Set(c, "time_estimated", row.TimeEstimated);
        Set(c, "rolling", row.Rolling);
    });

    /// <summary>Writes what more matches changed.</summary>
    public Task Update(IEnumerable<(Fold Fold, long Announced)> folds) => statements.Run(UpdateText, folds, static (c, item) =>
    {
        var fold = item.Fold;
        Set(c, "count", fold.Count);
        Set(c, "first_at", fold.First);
        Set(c, "last_at", fold.Last);
        Set(c, "events", fold.EventList);
        Set(c, "result", (int)fold.Result);
        Set(c, "last_sequence", fold.Sequence);
        Set(c, "time_estimated", fold.IsEstimated);
        Set(c, "announced", item.Announced);
        Set(c, "id", fold.Id);
    });

    /// <summary>Adds matches to the hours of their rules.</summary>
    public Task AddHits(IEnumerable<((string Rule, long Hour) Key, RuleCount Count)> hits) => statements.Run(HitsText, hits, static (c, hit) =>
    {
        Set(c, "rule_id", hit.Key.Rule);
        Set(c, "hour", hit.Key.Hour);
        Set(c, "matches", hit.Count.Matches);
        Set(c, "alerts", hit.Count.Alerts);
        Set(c, "last_at", hit.Count.LastReceived);
    });
}
