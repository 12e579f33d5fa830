using System.Globalization;
using System.Text;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts.Export;

/// <summary>Writes the alerts that a list's filter fits as CSV or NDJSON, the newest first, at most 10,000.</summary>
internal sealed record ExportAlerts(ListAlerts Filter, bool Csv) : IQuery<ExportedAlerts>, INeeds<DetectionRead>, IAudited
{
    /// <summary>Most rows of a file.</summary>
    public const int MostRows = 10_000;
}

/// <summary>A written export.</summary>
/// <param name="Content">UTF-8 text; CSV begins with a byte order mark, which spreadsheets need.</param>
/// <param name="Rows">Alerts in it.</param>
/// <param name="Total">Alerts that fit; more than <paramref name="Rows"/> where the file is only their beginning.</param>
internal sealed record ExportedAlerts(byte[] Content, int Rows, int Total)
{
    /// <summary>Its name without the ending; it tells where a file is only the beginning.</summary>
    public string Name => Rows < Total ? $"alerts-first-{Rows}-of-{Total}" : "alerts";
}

file sealed class Handler(DetectionDb db) : IQueryHandler<ExportAlerts, ExportedAlerts>
{
    private static readonly string[] Columns = ["id", "rule_id", "title", "severity", "first_at", "last_at", "count", "attacker", "victim", "host", "account", "result", "tactics", "techniques", "verdict", "verdict_reason"];

    public async Task<Result<ExportedAlerts>> Handle(ExportAlerts request, CancellationToken cancellationToken)
    {
        var fitting = AlertFilter.Apply(db.Alerts.AsNoTracking(), request.Filter);
        var rows = await fitting.OrderByDescending(a => a.LastAt).ThenByDescending(a => a.Id).Take(ExportAlerts.MostRows).ToListAsync(cancellationToken);
        var total = rows.Count < ExportAlerts.MostRows ? rows.Count : await fitting.CountAsync(cancellationToken);
        var text = new StringBuilder();
        if (request.Csv) text.Append('\uFEFF').AppendLine(string.Join(',', Columns));
        foreach (var row in rows)
            text.AppendLine(request.Csv ? string.Join(',', Values(row).Select(Cell)) : JsonSerializer.Serialize(AlertItem.Of(row), JsonSerializerOptions.Web));
        return new ExportedAlerts(Encoding.UTF8.GetBytes(text.ToString()), rows.Count, total);
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
