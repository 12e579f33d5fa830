using Juming.Cloud.ThreatIntel.Data;
using Juming.Platform.Data;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>Writes indicators and claims with prepared statements, the same text on SQLite and PostgreSQL. What a person decided is never written here.</summary>
internal static class MergeStatements
{
    private const string PutIndicator = """
        INSERT INTO threatintel_indicators (id, kind, value, state, confidence, severity, tlp, threat, sources, first_seen, last_seen, warnings, decision, decided_by, decision_reason, decided_at, changed_at)
        VALUES (@id, @kind, @value, @state, @confidence, @severity, @tlp, @threat, @sources, @first_seen, @last_seen, @warnings, NULL, '', '', NULL, @changed_at)
        ON CONFLICT (id) DO UPDATE SET state = coalesce(threatintel_indicators.decision, excluded.state), confidence = excluded.confidence, severity = excluded.severity, tlp = excluded.tlp, threat = excluded.threat,
          sources = excluded.sources, first_seen = excluded.first_seen, last_seen = excluded.last_seen, warnings = excluded.warnings, changed_at = excluded.changed_at
        """;

    private const string PutClaim = """
        INSERT INTO threatintel_claims (indicator_id, source_id, confidence, threat, family, note, reference, tlp, first_seen, last_seen, valid_until, withdrawn_at, digest)
        VALUES (@indicator_id, @source_id, @confidence, @threat, @family, @note, @reference, @tlp, @first_seen, @last_seen, @valid_until, NULL, @digest)
        ON CONFLICT (indicator_id, source_id) DO UPDATE SET confidence = excluded.confidence, threat = excluded.threat, family = excluded.family, note = excluded.note, reference = excluded.reference, tlp = excluded.tlp,
          first_seen = CASE WHEN excluded.first_seen < threatintel_claims.first_seen THEN excluded.first_seen ELSE threatintel_claims.first_seen END,
          last_seen = excluded.last_seen, valid_until = excluded.valid_until, withdrawn_at = NULL, digest = excluded.digest
        """;

    private const string WithdrawClaim = "UPDATE threatintel_claims SET withdrawn_at = @at WHERE indicator_id = @indicator_id AND source_id = @source_id AND withdrawn_at IS NULL";

    public static Task Put(PlainStatements statements, IEnumerable<IndicatorRow> rows) => statements.Run(PutIndicator, rows, static (c, row) =>
    {
        Set(c, "id", row.Id);
        Set(c, "kind", row.Kind.ToString());
        Set(c, "value", row.Value);
        Set(c, "state", row.State.ToString());
        Set(c, "confidence", row.Confidence);
        Set(c, "severity", row.Severity);
        Set(c, "tlp", row.Tlp.ToString());
        Set(c, "threat", row.Threat.ToString());
        Set(c, "sources", row.Sources);
        Set(c, "first_seen", Micros(row.FirstSeen));
        Set(c, "last_seen", Micros(row.LastSeen));
        Set(c, "warnings", row.Warnings);
        Set(c, "changed_at", Micros(row.ChangedAt));
    });

    public static Task Put(PlainStatements statements, IEnumerable<ClaimRow> rows) => statements.Run(PutClaim, rows, static (c, row) =>
    {
        Set(c, "indicator_id", row.IndicatorId);
        Set(c, "source_id", row.SourceId);
        Set(c, "confidence", row.Confidence);
        Set(c, "threat", row.Threat.ToString());
        Set(c, "family", row.Family);
        Set(c, "note", row.Note);
        Set(c, "reference", row.Reference);
        Set(c, "tlp", row.Tlp.ToString());
        Set(c, "first_seen", Micros(row.FirstSeen));
        Set(c, "last_seen", Micros(row.LastSeen));
        SetInstant(c, "valid_until", row.ValidUntil);
        Set(c, "digest", row.Digest);
    });

    public static Task Withdraw(PlainStatements statements, Guid source, IEnumerable<Guid> indicators, DateTimeOffset at) => statements.Run(WithdrawClaim, indicators, (c, indicator) =>
    {
        Set(c, "indicator_id", indicator);
        Set(c, "source_id", source);
        Set(c, "at", Micros(at));
    });

    private static void SetInstant(System.Data.Common.DbCommand command, string name, DateTimeOffset? at)
    {
        Set(command, name, at is { } known ? Micros(known) : null);
        // A NULL of a text would not fit the column on PostgreSQL.
        command.Parameters[name].DbType = System.Data.DbType.Int64;
    }
}
