using Juming.Operator.Customers.Data;
using Juming.Platform.Bulletins;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Bulletins;

/// <summary>Sites get the bulletins of this host.</summary>
internal sealed class SiteAudience(CustomersDb db) : IBulletinAudience
{
    public async Task<IReadOnlyDictionary<Guid, string>> Names(CancellationToken ct) =>
        await db.Sites.AsNoTracking().Where(s => s.ArchivedAt == null).Join(db.Units.AsNoTracking(), s => s.CustomerId, u => u.Id, (s, u) => new { s.Id, Name = u.Name + " / " + s.Name }).ToDictionaryAsync(s => s.Id, s => s.Name, ct);
}
