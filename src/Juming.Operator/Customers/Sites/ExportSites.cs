using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Operator.Customers.Sites;

/// <summary>Sites as CSV, as many as a list shows on one page at most at a time.</summary>
internal static class SiteCsv
{
    private const int Rows = 500;

    /// <summary>Writes the first page and asks for the others.</summary>
    public static async Task Write(Stream stream, Sender sender, ListSites filter, SitePage page, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("customer,site,state,last_seen,build,disk_used_percent,sources_up,sources_silent,events_per_second,events,alerts,incidents_open,told_at");
        for (var skip = Rows; ; skip += Rows)
        {
            foreach (var site in page.Items) await text.WriteLineAsync(Line(site), ct);
            if (skip >= page.Total) return;
            var next = await sender.Send(filter with { Skip = skip, Take = Rows }, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }

    /// <summary>The first page of a filter.</summary>
    public static ListSites First(ListSites filter) => filter with { Skip = 0, Take = Rows };

    private static StringBuilder Line(SiteView site)
    {
        var line = new StringBuilder().AppendCell(site.Path).AppendCell(site.Name).AppendCell(site.State.ToString()).AppendCell(Instant(site.LastSeenAt)).AppendCell(site.Build);
        var figures = site.Figures;
        return line.AppendCell(Number(figures?.DiskUsedPercent)).AppendCell(Number(figures?.SourcesUp)).AppendCell(Number(figures?.SourcesSilent)).AppendCell(Number(figures?.EventsPerSecond))
            .AppendCell(Number(figures?.EventsReceived)).AppendCell(Number(figures?.Alerts)).AppendCell(Number(figures?.IncidentsOpen)).AppendCell(Instant(figures?.At));
    }

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private static string Number(double? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
