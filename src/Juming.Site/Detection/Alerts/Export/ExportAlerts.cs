using System.Globalization;
using System.Text;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts.Export;

/// <summary>Writes the alerts that a list's filter fits as CSV or NDJSON, the newest first, at most 10,000.</summary>
internal sealed record ExportAlerts(ListAlerts Filter, bool Csv) : IQuery<ExportedAlerts>, INeeds<DetectionRead>, IAudited;

/// <summary>A written export.</summary>
/// <param name="Content">UTF-8 text; CSV begins with a byte order mark, which spreadsheets need.</param>
/// <param name="Rows">Alerts in it.</param>
/// <param name="Cut">There are more.</param>
internal sealed record ExportedAlerts(byte[] Content, int Rows, bool Cut);

file sealed class Handler(DetectionDb db) : IQueryHandler<ExportAlerts, ExportedAlerts>
{
    private const int MostRows = 10_000;

    private static readonly string[] Columns = ["id", "rule_id", "title", "severity", "first_at", "last_at", "count", "attacker", "victim", "host", "account", "result", "tactics", "techniques", "verdict", "verdict_reason"];

    public async Task<Result<ExportedAlerts>> Handle(ExportAlerts request, CancellationToken cancellationToken)
    {
        var rows = await AlertFilter.Apply(db.Alerts.AsNoTracking(), request.Filter).OrderByDescending(a => a.LastAt).ThenByDescending(a => a.Id).Take(MostRows + 1).ToListAsync(cancellationToken);
        var cut = rows.Count > MostRows;
        if (cut) rows.RemoveAt(MostRows);
        var text = new StringBuilder();
        if (request.Csv) text.Append('\uFEFF').AppendLine(string.Join(',', Columns));
        foreach (var row in rows)
            text.AppendLine(request.Csv ? string.Join(',', Values(row).Select(Cell)) : JsonSerializer.Serialize(AlertItem.Of(row), JsonSerializerOptions.Web));
        return new ExportedAlerts(Encoding.UTF8.GetBytes(text.ToString()), rows.Count, cut);
    }

    private static string[] Values(AlertRow row) =>
    [
        row.Id.ToString(), row.RuleId, row.Title, ((Severity)row.Severity).ToString(), Instant(row.FirstAt), Instant(row.LastAt), row.Count.ToString(CultureInfo.InvariantCulture),
        row.Attacker ?? "", row.Victim ?? "", row.Host ?? "", row.Account ?? "", ((AttackResult)row.Result).ToString(), row.Tactics.Trim(), row.Techniques.Trim(), row.Verdict ?? "", row.VerdictReason ?? "",
    ];

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A cell that a spreadsheet neither splits nor takes for a formula.</summary>
    private static string Cell(string value)
    {
        if (value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r') value = "'" + value;
        return value.AsSpan().ContainsAny(",\"\r\n") ? "\"" + value.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : value;
    }
}
