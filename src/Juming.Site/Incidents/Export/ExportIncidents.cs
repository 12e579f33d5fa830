using System.Globalization;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Incidents.List;

namespace Juming.Site.Incidents.Export;

/// <summary>Writes the incidents that a list's filter fits as CSV, in the list's order, at most 10,000.</summary>
internal sealed record ExportIncidents(ListIncidents Filter) : IQuery<ExportedIncidents>, INeeds<IncidentsRead>, IAudited
{
    /// <summary>Most rows of a file.</summary>
    public const int MostRows = 10_000;
}

/// <summary>A written export: UTF-8 with a byte order mark, which spreadsheets need.</summary>
/// <param name="Content">The file.</param>
/// <param name="Rows">Incidents in it.</param>
/// <param name="Total">Incidents that fit; more than <paramref name="Rows"/> where the file is only their beginning.</param>
internal sealed record ExportedIncidents(byte[] Content, int Rows, int Total)
{
    /// <summary>A name that tells where a file is only the beginning.</summary>
    public string Name => Rows < Total ? $"incidents-first-{Rows}-of-{Total}.csv" : "incidents.csv";
}

file sealed class Handler(Sender sender, CurrentActor current) : IQueryHandler<ExportIncidents, ExportedIncidents>
{
    private const int RowsAtOnce = 200;

    private static readonly string[] Columns = ["number", "title", "severity", "priority", "state", "assignee", "result", "attacker", "target", "tactics", "alerts", "occurred_at", "detected_at", "last_at"];

    public async Task<Result<ExportedIncidents>> Handle(ExportIncidents request, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append('\uFEFF').AppendJoin(',', Columns).Append("\r\n");
        var (rows, total) = (0, 0);
        while (rows < ExportIncidents.MostRows)
        {
            var page = await sender.SendAs(current.Actor, request.Filter with { Skip = rows, Take = RowsAtOnce }, cancellationToken);
            if (page.Error is { } error) return error;
            foreach (var item in page.Value.Items) text.Append(Line(item)).Append("\r\n");
            total = page.Value.Total;
            rows += page.Value.Items.Count;
            if (page.Value.Items.Count < RowsAtOnce) break;
        }
        return new ExportedIncidents(Encoding.UTF8.GetBytes(text.ToString()), rows, total);
    }

    private static StringBuilder Line(IncidentBrief i) => new StringBuilder().AppendCell(i.Number).AppendCell(IncidentsTexts.Title(i.Title)).AppendCell(i.Severity.ToString()).AppendCell(i.Priority.ToString())
        .AppendCell(i.State.ToString()).AppendCell(i.Assignee).AppendCell(i.Result.ToString()).AppendCell(i.Attacker).AppendCell(i.Target).AppendCell(string.Join(' ', i.Tactics))
        .AppendCell(i.Alerts.ToString(CultureInfo.InvariantCulture)).AppendCell(Instant(i.OccurredAt)).AppendCell(Instant(i.DetectedAt)).AppendCell(Instant(i.LastAt));

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
