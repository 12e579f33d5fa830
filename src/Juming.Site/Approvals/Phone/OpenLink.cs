using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals.Data;
using Juming.Site.Approvals.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Phone;

/// <summary>What a person's link shows. Looking changes nothing: mail and chat programs follow links by themselves.</summary>
internal sealed record OpenLink(Secret Link) : IQuery<ApprovalDetail>, IOpenToAnyone;

file sealed class Handler(ApprovalsDb db, PersonalLinks links, IPeople people, TimeProvider clock) : IQueryHandler<OpenLink, ApprovalDetail>
{
    public async Task<Result<ApprovalDetail>> Handle(OpenLink request, CancellationToken cancellationToken)
    {
        if (await links.Find(request.Link.Value, cancellationToken) is not { } link || link.ExpiresAt <= clock.GetUtcNow()) return ApprovalErrors.NoSuchLink;
        if (!(await people.Holding(ApprovalsAnswer.Code, cancellationToken)).Any(p => p.Id == link.PersonId)) return ApprovalErrors.NotYours;
        var row = await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Id == link.ApprovalId, cancellationToken);
        if (row is null) return ApprovalErrors.NoSuchLink;
        return ApprovalDetail.Of(row, await db.Answers.AsNoTracking().Where(a => a.ApprovalId == row.Id).OrderBy(a => a.At).ToListAsync(cancellationToken), link.PersonId);
    }
}
