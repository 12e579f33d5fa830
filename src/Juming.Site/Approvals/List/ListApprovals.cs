using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.List;

/// <summary>Lists approvals, one page at a time: those that wait by their deadline, others the latest first.</summary>
internal sealed record ListApprovals : IQuery<ApprovalRows>, INeeds<ApprovalsRead>
{
    /// <summary>"waiting" (default), "decided" or "all".</summary>
    public string View { get; init; } = "waiting";

    /// <summary>One way it ended, or null.</summary>
    public ApprovalState? State { get; init; }

    /// <summary>Text within what is to be done, who wants it or who decided.</summary>
    public string? Text { get; init; }

    /// <summary>Of one incident, or null.</summary>
    public Guid? Incident { get; init; }

    /// <summary>Rows passed over, 0 to 100,000.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page, 1 to 200.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>A page of approvals.</summary>
/// <param name="Items">The page.</param>
/// <param name="Total">All that fit.</param>
/// <param name="Waiting">All that wait, whether they fit or not.</param>
internal sealed record ApprovalRows(IReadOnlyList<ApprovalBrief> Items, int Total, int Waiting);

/// <summary>One approval.</summary>
internal sealed record GetApproval(Guid Approval) : IQuery<ApprovalDetail>, INeeds<ApprovalsRead>;

file sealed class Validator : AbstractValidator<ListApprovals>
{
    public Validator()
    {
        RuleFor(q => q.View).Must(v => v is "waiting" or "decided" or "all").WithMessage("A view is waiting, decided or all.");
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class ListHandler(ApprovalsDb db) : IQueryHandler<ListApprovals, ApprovalRows>
{
    public async Task<Result<ApprovalRows>> Handle(ListApprovals request, CancellationToken cancellationToken)
    {
        var fitting = db.Approvals.AsNoTracking();
        if (request.View == "waiting") fitting = fitting.Where(a => a.State == ApprovalState.Asked);
        if (request.View == "decided") fitting = fitting.Where(a => a.State != ApprovalState.Asked);
        if (request.State is { } state) fitting = fitting.Where(a => a.State == state);
        if (request.Incident is { } incident) fitting = fitting.Where(a => a.IncidentId == incident);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var low = text.ToLowerInvariant();
            fitting = fitting.Where(a => a.Effect.ToLower().Contains(low) || a.Code.Contains(low) || a.DecidedBy.ToLower().Contains(low) || (a.RequestedName != null && a.RequestedName.ToLower().Contains(low)));
        }
        var total = await fitting.CountAsync(cancellationToken);
        var ordered = request.View == "waiting" ? fitting.OrderBy(a => a.ExpiresAt).ThenBy(a => a.Id) : fitting.OrderByDescending(a => a.AskedAt).ThenByDescending(a => a.Id);
        var rows = await ordered.Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var ids = rows.Select(r => r.Id).ToList();
        var answers = (await db.Answers.AsNoTracking().Where(a => ids.Contains(a.ApprovalId)).ToListAsync(cancellationToken)).ToLookup(a => a.ApprovalId);
        var waiting = await db.Approvals.CountAsync(a => a.State == ApprovalState.Asked, cancellationToken);
        return new ApprovalRows([.. rows.Select(r => (ApprovalBrief)ApprovalDetail.Of(r, [.. answers[r.Id]], null))], total, waiting);
    }
}

file sealed class GetHandler(ApprovalsDb db, CurrentActor current) : IQueryHandler<GetApproval, ApprovalDetail>
{
    public async Task<Result<ApprovalDetail>> Handle(GetApproval request, CancellationToken cancellationToken)
    {
        var row = await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Id == request.Approval, cancellationToken);
        if (row is null) return ApprovalErrors.NoSuchApproval;
        return ApprovalDetail.Of(row, await db.Answers.AsNoTracking().Where(a => a.ApprovalId == row.Id).OrderBy(a => a.At).ToListAsync(cancellationToken), current.Actor.PersonId);
    }
}
