using Juming.Cloud.Operators.Data;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>Operators by name.</summary>
internal sealed class OperatorNames(OperatorsDb db) : IPeerNames
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Guid, string>> Below(CancellationToken ct) => await db.Operators.AsNoTracking().Where(o => o.ArchivedAt == null).ToDictionaryAsync(o => o.Id, o => o.Name, ct);
}
