using Juming.Cloud.Operators.Data;
using Juming.Platform.Library;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>The operators that packs go to.</summary>
internal sealed class OperatorsOfPacks(OperatorsDb db) : IPackAudience
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<PackReader>> Below(CancellationToken ct) => (await db.Operators.AsNoTracking().Where(o => o.ArchivedAt == null).ToListAsync(ct)).ConvertAll(o => new PackReader(o.Id, o.Name));
}
