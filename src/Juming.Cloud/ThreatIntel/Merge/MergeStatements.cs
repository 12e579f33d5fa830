using System.Data;
using System.Data.Common;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Platform.Data;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>Writes indicators and claims with prepared statements, the same text on SQLite and PostgreSQL. What a person decided is never written here.</summary>
internal static class MergeStatements
{
    private const string PutIndicator = """
        INSERT INTO threatintel_indicators (id, kind, value, state, confidence, severity, tlp, threat, sources, first_seen, last_seen, warnings, decision, decided_by, decision_reason, decided_at, changed_at, expires_at)
        VALUES (@id, @kind, @value, @state, @confidence, @severity, @tlp, @threat, @sources, @first_seen, @last_seen, @warnings, NULL, '', '', NULL, @changed_at, @expires_at)
        ON CONFLICT (id) DO UPDATE SET state = coalesce(threatintel_indicators.decision, excluded.state), confidence = excluded.confidence, severity = excluded.severity, tlp = excluded.tlp, threat = excluded.threat,
          sources = excluded.sources, first_seen = excluded.first_seen, last_seen = excluded.last_seen, warnings = excluded.warnings, changed_at = excluded.changed_at, expires_at = excluded.expires_at
        """;

    private const string PutClaim = """
        INSERT INTO threatintel_claims (indicator_id, source_id, confidence, threat, family, techniques, note, reference, tlp, first_seen, last_seen, valid_until, withdrawn_at, digest)
        VALUES (@indicator_id, @source_id, @confidence, @threat, @family, @techniques, @note, @reference, @tlp, @first_seen, @last_seen, @valid_until, NULL, @digest)
        ON CONFLICT (indicator_id, source_id) DO UPDATE SET confidence = excluded.confidence, threat = excluded.threat, family = excluded.family, techniques = excluded.techniques, note = excluded.note, reference = excluded.reference, tlp = excluded.tlp,
          first_seen = CASE WHEN excluded.first_seen < threatintel_claims.first_seen THEN excluded.first_seen ELSE threatintel_claims.first_seen END,
          last_seen = excluded.last_seen, valid_until = excluded.valid_until, withdrawn_at = NULL, digest = excluded.digest
        """;

    private const string WithdrawClaim = "UPDATE threatintel_claims SET withdrawn_at = @at WHERE indicator_id = @indicator_id AND source_id = @source_id AND withdrawn_at IS NULL";

    public static Task Put(PlainStatements statements, IEnumerable<IndicatorRow> rows) => statements.Run(PutIndicator, rows, static (c, row) =>
    {
        var place = 0;
        Put(c, ref place, "@id", row.Id);
        Put(c, ref place, "@kind", row.Kind.ToString());
        Put(c, ref place, "@value", row.Value);
        Put(c, ref place, "@state", row.State.ToString());
        Put(c, ref place, "@confidence", row.Confidence);
        Put(c, ref place, "@severity", row.Severity);
        Put(c, ref place, "@tlp", row.Tlp.ToString());
        Put(c, ref place, "@threat", row.Threat.ToString());
        Put(c, ref place, "@sources", row.Sources);
        Put(c, ref place, "@first_seen", Micros(row.FirstSeen));
        Put(c, ref place, "@last_seen", Micros(row.LastSeen));
        Put(c, ref place, "@warnings", row.Warnings);
        Put(c, ref place, "@changed_at", Micros(row.ChangedAt));
        Put(c, ref place, "@expires_at", row.ExpiresAt is { } end ? Micros(end) : null, DbType.Int64);
    });

    public static Task Put(PlainStatements statements, IEnumerable<ClaimRow> rows) => statements.Run(PutClaim, rows, static (c, row) =>
    {
        var place = 0;
        Put(c, ref place, "@indicator_id", row.IndicatorId);
        Put(c, ref place, "@source_id", row.SourceId);
        Put(c, ref place, "@confidence", row.Confidence);
        Put(c, ref place, "@threat", row.Threat.ToString());
        Put(c, ref place, "@family", row.Family);
        Put(c, ref place, "@techniques", row.Techniques);
        Put(c, ref place, "@note", row.Note);
        Put(c, ref place, "@reference", row.Reference);
        Put(c, ref place, "@tlp", row.Tlp.ToString());
        Put(c, ref place, "@first_seen", Micros(row.FirstSeen));
        Put(c, ref place, "@last_seen", Micros(row.LastSeen));
        Put(c, ref place, "@valid_until", row.ValidUntil is { } until ? Micros(until) : null, DbType.Int64);
        Put(c, ref place, "@digest", row.Digest);
    });

    public static Task Withdraw(PlainStatements statements, Guid source, IEnumerable<Guid> indicators, DateTimeOffset at) => statements.Run(WithdrawClaim, indicators, (c, indicator) =>
    {
        Set(c, "indicator_id", indicator);
        Set(c, "source_id", source);
        Set(c, "at", Micros(at));
    });

    /// <summary>
    /// Sets a parameter by its place, and names it with its sign: finding each of so many by its name again and again, and by SQLite without the sign that the text has, costs more than
    /// writing the row.
    /// </summary>
    private static void Put(DbCommand command, ref int place, string name, object? value, DbType? type = null)
    {
        if (place == command.Parameters.Count)
        {
            var made = command.CreateParameter();
            made.ParameterName = name;
            // A NULL has no type of its own, and that of a text would not fit on PostgreSQL.
            if (type is { } known) made.DbType = known;
            command.Parameters.Add(made);
        }
        command.Parameters[place++].Value = value ?? DBNull.Value;
    }
}
