using Juming.Operator.Customers.Data;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>Sites by their customer's and their own name, as far as the caller's scopes reach.</summary>
internal sealed class SiteNames(CustomersDb db) : IPeerNames
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Guid, string>> Below(CancellationToken ct) =>
        await db.Sites.AsNoTracking().Where(s => s.ArchivedAt == null).Join(db.Units.AsNoTracking(), s => s.CustomerId, u => u.Id, (s, u) => new { s.Id, Name = u.Name + " · " + s.Name }).ToDictionaryAsync(s => s.Id, s => s.Name, ct);
}
