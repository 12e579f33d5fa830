using Juming.Cloud.Operators.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>Operators with how they stand, by name.</summary>
internal sealed record ListOperators(bool Archived = false) : IQuery<IReadOnlyList<OperatorView>>, INeeds<OperatorsRead>;

/// <summary>An operator; <paramref name="Standing"/> is null while it has no token.</summary>
internal sealed record OperatorView(Guid Id, string Name, bool IsArchived, long Version, PeerStanding? Standing);

file sealed class Handler(OperatorsDb db, ILinkDesk links) : IQueryHandler<ListOperators, IReadOnlyList<OperatorView>>
{
    public async Task<Result<IReadOnlyList<OperatorView>>> Handle(ListOperators request, CancellationToken cancellationToken)
    {
        var rows = await db.Operators.AsNoTracking().Where(o => request.Archived ? o.ArchivedAt != null : o.ArchivedAt == null).OrderBy(o => o.Name).ToListAsync(cancellationToken);
        var standing = await links.Standing([.. rows.Select(r => r.Id)], cancellationToken);
        return Result<IReadOnlyList<OperatorView>>.Of([.. rows.Select(r => new OperatorView(r.Id, r.Name, r.ArchivedAt is not null, r.Version, standing.GetValueOrDefault(r.Id)))]);
    }
}
