using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Operator.Customers.Incidents;

/// <summary>Incidents of sites as CSV.</summary>
internal static class SiteIncidentCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static Task Write(Stream stream, Sender sender, ListSiteIncidents filter, SiteIncidentPage page, CancellationToken ct) => PagedCsv.Write(
        stream, "customer,site,incident,severity,priority,stage,verdict,attack,tactics,alerts,detected_at,acknowledged_at,contained_at,resolved_at,closed_at,told_at", page, p => p.Total, p => p.Items.Select(Line),
        skip => sender.Send(filter with { Skip = skip, Take = PagedCsv.Rows }, ct), ct);

    /// <summary>The first page of a filter.</summary>
    public static ListSiteIncidents First(ListSiteIncidents filter) => filter with { Skip = 0, Take = PagedCsv.Rows };

    private static StringBuilder Line(SiteIncidentView row) => new StringBuilder().AppendCell(row.Path).AppendCell(row.Site).AppendCell(row.Id.ToString()).AppendCell(Number(row.Severity)).AppendCell(Number(row.Priority)).AppendCell(row.Stage)
        .AppendCell(row.Verdict).AppendCell(row.Attack).AppendCell(string.Join(' ', row.Tactics)).AppendCell(Number(row.Alerts)).AppendCell(PagedCsv.Instant(row.DetectedAt)).AppendCell(PagedCsv.Instant(row.AcknowledgedAt)).AppendCell(PagedCsv.Instant(row.ContainedAt))
        .AppendCell(PagedCsv.Instant(row.ResolvedAt)).AppendCell(PagedCsv.Instant(row.ClosedAt)).AppendCell(PagedCsv.Instant(row.ToldAt));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
