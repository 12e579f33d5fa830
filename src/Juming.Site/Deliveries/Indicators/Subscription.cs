using System.Globalization;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Site.Deliveries.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Deliveries.Indicators;

/// <summary>Which indicators this site wants.</summary>
internal sealed class Subscription(DeliveriesDb db)
{
    /// <summary>The row, made on first use.</summary>
    public async Task<WishRow> Row(CancellationToken ct)
    {
        if (await db.Wishes.FirstOrDefaultAsync(w => w.Line == ContentKinds.Intelligence, ct) is { } row) return row;
        db.Add(row = new WishRow { Line = ContentKinds.Intelligence });
        await db.SaveChangesAsync(ct);
        return row;
    }

    /// <summary>Stands for what is wished for, and for what this release reads of it: after an upgrade the set is taken once more.</summary>
    public static string MarkOf(WishRow row) => row.Kinds + "|" + row.LeastConfidence.ToString(CultureInfo.InvariantCulture) + "|facts";

    /// <summary>True for a kind that is wanted.</summary>
    public static bool Wants(WishRow row, IndicatorKind kind) => row.Kinds.Length == 0 || row.Kinds.Split(',').Contains(kind.ToString());

    /// <summary>True for an entry that is wanted.</summary>
    public static bool Wants(WishRow row, ParcelEntry entry) => entry.Confidence >= row.LeastConfidence && Wants(row, entry.Value.Kind);
}
