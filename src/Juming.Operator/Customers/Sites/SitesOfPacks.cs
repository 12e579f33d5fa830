using Juming.Operator.Customers.Data;
using Juming.Platform.Library;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>The sites that packs go to, as far as the caller's scopes reach.</summary>
internal sealed class SitesOfPacks(CustomersDb db) : IPackAudience
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<PackReader>> Below(CancellationToken ct)
    {
        var customers = await db.Units.AsNoTracking().Where(u => u.Id == u.CustomerId).ToDictionaryAsync(u => u.Id, u => u.Name, ct);
        return (await db.Sites.AsNoTracking().Where(s => s.ArchivedAt == null).ToListAsync(ct)).ConvertAll(s => new PackReader(s.Id, customers.TryGetValue(s.CustomerId, out var customer) ? $"{customer} · {s.Name}" : s.Name));
    }
}
