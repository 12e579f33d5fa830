using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.List;

/// <summary>The blocks of a filter as CSV, in the form that the import reads; at most 100,000 rows.</summary>
internal sealed record ExportBlocks(ListBlocks Filter) : IQuery<byte[]>, INeeds<BlockingRead>, IAudited;

file sealed class Handler(BlockingDb db) : IQueryHandler<ExportBlocks, byte[]>
{
    private const int MostRows = 100_000;

    public async Task<Result<byte[]>> Handle(ExportBlocks request, CancellationToken cancellationToken)
    {
        var rows = await BlockFilter.Sort(BlockFilter.Apply(db, request.Filter), request.Filter.Sort).Take(MostRows).AsNoTracking().ToListAsync(cancellationToken);
        var text = new StringBuilder("target,reason,state,by,offence,since,until,lifted_by,lift_reason\r\n");
        var line = new StringBuilder();
        foreach (var row in rows)
        {
            line.Clear();
            line.AppendCell(row.Target).AppendCell(row.Reason).AppendCell(row.State.ToString()).AppendCell(row.By).AppendCell(row.Offence.ToString(CultureInfo.InvariantCulture))
                .AppendCell(row.Since.ToString("O", CultureInfo.InvariantCulture)).AppendCell(row.Until.ToString("O", CultureInfo.InvariantCulture)).AppendCell(row.LiftedBy).AppendCell(row.LiftReason);
            text.Append(line).Append("\r\n");
        }
        return Encoding.UTF8.Preamble.ToArray().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray();
    }
}
