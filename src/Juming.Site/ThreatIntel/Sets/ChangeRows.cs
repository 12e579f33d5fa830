using System.Text;
using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>Single changes as rows and as what the layer above the set takes.</summary>
internal static class ChangeRows
{
    private const string PutChange = """
        INSERT INTO intel_changes (id, version, withdrawn, kind, value, confidence, severity, facts)
        VALUES (@id, @version, @withdrawn, @kind, @value, @confidence, @severity, @facts)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, withdrawn = excluded.withdrawn, kind = excluded.kind, value = excluded.value, confidence = excluded.confidence, severity = excluded.severity, facts = excluded.facts
        """;

    private const string PutSet = """
        INSERT INTO intel_sets (id, version, wants_set_after, replaced_at, changed_at, kinds, ends) VALUES (1, @version, CAST(@wants AS BIGINT), CAST(@replaced AS BIGINT), CAST(@changed AS BIGINT), @kinds, @ends)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, wants_set_after = excluded.wants_set_after, replaced_at = excluded.replaced_at, changed_at = excluded.changed_at, kinds = excluded.kinds, ends = excluded.ends
        """;

    public static ChangeRow Of(IndicatorEntry entry, long version) => new()
    {
        Id = entry.Id,
        Version = version,
        Kind = entry.Value.Kind,
        Value = entry.Value.Value,
        Confidence = entry.Confidence,
        Severity = entry.Severity,
        Facts = Encoding.UTF8.GetString(IndicatorFacts.Indexed(entry).Facts.Span),
    };

    public static IndexedIndicator Indexed(ChangeRow row)
    {
        var indicator = new IndexedIndicator(row.Id, new IndicatorValue(row.Kind, row.Value), row.Severity, row.Confidence, Facts: Encoding.UTF8.GetBytes(row.Facts));
        return IndicatorFacts.Of(indicator).Until is { } until ? indicator with { LastDay = DateOnly.FromDateTime(until.UtcDateTime) } : indicator;
    }

    public static Task Put(PlainStatements statements, IEnumerable<ChangeRow> rows) => statements.Run(PutChange, rows, static (c, row) =>
    {
        Set(c, "id", row.Id);
        Set(c, "version", row.Version);
        Set(c, "withdrawn", row.Withdrawn);
        Set(c, "kind", row.Kind.ToString());
        Set(c, "value", row.Value);
        Set(c, "confidence", row.Confidence);
        Set(c, "severity", row.Severity);
        Set(c, "facts", row.Facts);
    });

    public static Task Put(PlainStatements statements, SetRow state) => statements.Run(PutSet, [state], static (c, row) =>
    {
        Set(c, "version", row.Version);
        Set(c, "wants", row.WantsSetAfter?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set(c, "replaced", row.ReplacedAt is { } replaced ? Micros(replaced).ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        Set(c, "changed", row.ChangedAt is { } changed ? Micros(changed).ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        Set(c, "kinds", row.Kinds);
        Set(c, "ends", row.Ends);
    });

    public static Task DropUpTo(PlainStatements statements, long version) => statements.Run("DELETE FROM intel_changes WHERE version <= @version", [version], static (c, v) => Set(c, "version", v));
}
