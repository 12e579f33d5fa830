using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Export;

/// <summary>The assets of a filter as CSV, in the form that the import reads; at most 100,000 rows.</summary>
internal sealed record ExportAssets(ListAssets Filter) : IQuery<byte[]>, INeeds<AssetsRead>, IAudited;

file sealed class Handler(AssetsDb db) : IQueryHandler<ExportAssets, byte[]>
{
    private const int MostRows = 100_000;

    public async Task<Result<byte[]>> Handle(ExportAssets request, CancellationToken cancellationToken)
    {
        var rows = await AssetFilter.Sort(AssetFilter.Apply(db, request.Filter), "name").Take(MostRows).AsNoTracking().ToListAsync(cancellationToken);
        var text = new StringBuilder("name,address,host,importance,business,zone,owner,first_seen,last_seen\r\n");
        var line = new StringBuilder();
        foreach (var asset in await AssetFilter.Views(db, rows, cancellationToken))
        {
            line.Clear();
            line.AppendCell(asset.Name).AppendCell(string.Join(' ', asset.Addresses)).AppendCell(string.Join(' ', asset.Hosts)).AppendCell(asset.Importance.ToString()).AppendCell(asset.Business).AppendCell(asset.Zone).AppendCell(asset.Owner)
                .AppendCell(asset.FirstSeen.ToString("O", CultureInfo.InvariantCulture)).AppendCell(asset.LastSeen.ToString("O", CultureInfo.InvariantCulture));
            text.Append(line).Append("\r\n");
        }
        // Spreadsheets take a file without the mark for the local charset.
        return Encoding.UTF8.Preamble.ToArray().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray();
    }
}
