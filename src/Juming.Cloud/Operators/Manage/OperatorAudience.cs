using Juming.Cloud.Operators.Data;
using Juming.Platform.Bulletins;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>Operators get the bulletins of this host, and pass them on.</summary>
internal sealed class OperatorAudience(OperatorsDb db) : IBulletinAudience
{
    public async Task<IReadOnlyDictionary<Guid, string>> Names(CancellationToken ct) => await db.Operators.AsNoTracking().Where(o => o.ArchivedAt == null).ToDictionaryAsync(o => o.Id, o => o.Name, ct);
}
