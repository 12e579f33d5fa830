using Juming.Operator.Customers.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Units;

/// <summary>Customers that the caller may see, each followed by its units in the order of the tree.</summary>
internal sealed record ListUnits(bool Archived = false) : IQuery<UnitTree>, INeeds<CustomersRead>, IInOwnScopes;

/// <summary>Customers and units.</summary>
/// <param name="Items">In the order of the tree.</param>
/// <param name="MayAdd">The caller's scope lets customers be added.</param>
public sealed record UnitTree(IReadOnlyList<UnitView> Items, bool MayAdd);

/// <summary>A customer or unit.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CustomerId">Customer that it belongs to.</param>
/// <param name="ParentId">What it lies under; null for a customer.</param>
/// <param name="Name">Name.</param>
/// <param name="Depth">0 for a customer.</param>
/// <param name="Sites">Sites right under it that are not archived.</param>
/// <param name="IsArchived">It is archived.</param>
/// <param name="Version">For changes.</param>
public sealed record UnitView(Guid Id, Guid CustomerId, Guid? ParentId, string Name, int Depth, int Sites, bool IsArchived, long Version)
{
    /// <summary>It is a customer.</summary>
    public bool IsCustomer => ParentId is null;
}

file sealed class Handler(CustomersDb db) : IQueryHandler<ListUnits, UnitTree>
{
    public async Task<Result<UnitTree>> Handle(ListUnits request, CancellationToken cancellationToken)
    {
        var rows = await db.Units.AsNoTracking().Where(u => request.Archived || u.ArchivedAt == null).ToListAsync(cancellationToken);
        var counts = await db.Sites.Where(s => s.ArchivedAt == null).GroupBy(s => s.UnitId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var below = rows.ToLookup(r => r.ParentId);
        var items = new List<UnitView>(rows.Count);
        Add(Guid.Empty, 0);
        return new UnitTree(items, db.SeesAll);

        void Add(Guid parent, int depth)
        {
            foreach (var row in below[parent].OrderBy(r => r.Name, StringComparer.CurrentCulture))
            {
                items.Add(new UnitView(row.Id, row.CustomerId, row.ParentId == Guid.Empty ? null : row.ParentId, row.Name, depth, counts.GetValueOrDefault(row.Id), row.ArchivedAt is not null, row.Version));
                if (depth < UnitRules.MostDepth) Add(row.Id, depth + 1);
            }
        }
    }
}
