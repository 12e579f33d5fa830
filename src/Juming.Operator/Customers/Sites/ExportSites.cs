using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Operator.Customers.Sites;

/// <summary>Sites as CSV.</summary>
internal static class SiteCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static Task Write(Stream stream, Sender sender, ListSites filter, SitePage page, CancellationToken ct) => PagedCsv.Write(
        stream, "customer,site,state,last_seen,build,disk_used_percent,sources_up,sources_silent,events_per_second,events,alerts,incidents_open,told_at", page, p => p.Total, p => p.Items.Select(Line),
        skip => sender.Send(filter with { Skip = skip, Take = PagedCsv.Rows }, ct), ct);

    /// <summary>The first page of a filter.</summary>
    public static ListSites First(ListSites filter) => filter with { Skip = 0, Take = PagedCsv.Rows };

    private static StringBuilder Line(SiteView site)
    {
        var line = new StringBuilder().AppendCell(site.Path).AppendCell(site.Name).AppendCell(site.State.ToString()).AppendCell(PagedCsv.Instant(site.LastSeenAt)).AppendCell(site.Build);
        var figures = site.Figures;
        return line.AppendCell(Number(figures?.DiskUsedPercent)).AppendCell(Number(figures?.SourcesUp)).AppendCell(Number(figures?.SourcesSilent)).AppendCell(Number(figures?.EventsPerSecond))
            .AppendCell(Number(figures?.EventsReceived)).AppendCell(Number(figures?.Alerts)).AppendCell(Number(figures?.IncidentsOpen)).AppendCell(PagedCsv.Instant(figures?.At));
    }

    private static string Number(double? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
