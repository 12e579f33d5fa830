using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Export;

/// <summary>The next assets of a filter by name, for a file that has all of them.</summary>
/// <param name="Filter">Which assets.</param>
/// <param name="AfterName">Name of the last asset written, or null for the first page.</param>
/// <param name="AfterId">Its identity.</param>
internal sealed record ExportAssets(ListAssets Filter, string? AfterName = null, Guid AfterId = default) : IQuery<IReadOnlyList<AssetView>>, INeeds<AssetsRead>, IAudited
{
    /// <summary>Assets of a full page; fewer are the last.</summary>
    public const int PageSize = 10_000;
}

file sealed class Handler(AssetsDb db) : IQueryHandler<ExportAssets, IReadOnlyList<AssetView>>
{
    public async Task<Result<IReadOnlyList<AssetView>>> Handle(ExportAssets request, CancellationToken cancellationToken)
    {
        var found = AssetFilter.Apply(db, request.Filter);
        if (request.AfterName is { } name)
        {
            var id = request.AfterId;
            found = found.Where(a => string.Compare(a.Name, name) > 0 || (a.Name == name && a.Id.CompareTo(id) > 0));
        }
        var rows = await AssetFilter.Sort(found, "name").Take(ExportAssets.PageSize).AsNoTracking().ToListAsync(cancellationToken);
        return Result<IReadOnlyList<AssetView>>.Of(await AssetFilter.Views(db, rows, cancellationToken));
    }
}

/// <summary>Assets as CSV, in the form that the import reads, however many there are.</summary>
internal static class AssetCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static async Task Write(Stream stream, Sender sender, ExportAssets export, IReadOnlyList<AssetView> page, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("name,address,host,importance,business,zone,owner,first_seen,last_seen,tags");
        while (true)
        {
            foreach (var asset in page) await text.WriteLineAsync(Line(asset), ct);
            if (page.Count < ExportAssets.PageSize) return;
            var next = await sender.Send(export with { AfterName = page[^1].Name, AfterId = page[^1].Id }, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }

    private static StringBuilder Line(AssetView asset) => new StringBuilder()
        .AppendCell(asset.Name).AppendCell(string.Join(' ', asset.Addresses)).AppendCell(string.Join(' ', asset.Hosts)).AppendCell(asset.Importance.ToString()).AppendCell(asset.Business).AppendCell(asset.Zone).AppendCell(asset.Owner)
        .AppendCell(asset.FirstSeen.ToString("O", CultureInfo.InvariantCulture)).AppendCell(asset.LastSeen.ToString("O", CultureInfo.InvariantCulture)).AppendCell(string.Join(' ', asset.Tags));
}
