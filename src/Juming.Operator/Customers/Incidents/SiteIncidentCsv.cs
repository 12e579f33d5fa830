using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Operator.Customers.Incidents;

/// <summary>Incidents of sites as CSV, as many as a list shows on one page at most at a time.</summary>
internal static class SiteIncidentCsv
{
    private const int Rows = 500;

    /// <summary>Writes the first page and asks for the others.</summary>
    public static async Task Write(Stream stream, Sender sender, ListSiteIncidents filter, SiteIncidentPage page, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("customer,site,incident,severity,priority,stage,verdict,attack,tactics,alerts,detected_at,acknowledged_at,contained_at,resolved_at,closed_at,told_at");
        for (var skip = Rows; ; skip += Rows)
        {
            foreach (var incident in page.Items) await text.WriteLineAsync(Line(incident), ct);
            if (skip >= page.Total) return;
            var next = await sender.Send(filter with { Skip = skip, Take = Rows }, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }

    /// <summary>The first page of a filter.</summary>
    public static ListSiteIncidents First(ListSiteIncidents filter) => filter with { Skip = 0, Take = Rows };

    private static StringBuilder Line(SiteIncidentView row) => new StringBuilder().AppendCell(row.Path).AppendCell(row.Site).AppendCell(row.Id.ToString()).AppendCell(Number(row.Severity)).AppendCell(Number(row.Priority)).AppendCell(row.Stage)
        .AppendCell(row.Verdict).AppendCell(row.Attack).AppendCell(string.Join(' ', row.Tactics)).AppendCell(Number(row.Alerts)).AppendCell(Instant(row.DetectedAt)).AppendCell(Instant(row.AcknowledgedAt)).AppendCell(Instant(row.ContainedAt))
        .AppendCell(Instant(row.ResolvedAt)).AppendCell(Instant(row.ClosedAt)).AppendCell(Instant(row.ToldAt));

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
