using FluentValidation;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Audit;

/// <summary>Looks through the audit trail, newest first.</summary>
/// <param name="Text">Part of action, actor, address, arguments or outcome; empty for all.</param>
/// <param name="Before">Only entries before this number; null for the newest.</param>
/// <param name="Limit">1 to 10,000.</param>
internal sealed record SearchAudit(string? Text, long? Before, int Limit = 100) : IQuery<IReadOnlyList<AuditLine>>, INeeds<AuditRead>, IAudited;

/// <summary>One entry.</summary>
internal sealed record AuditLine(long Seq, DateTimeOffset At, string Action, string ActorKind, string ActorName, string? Address, string Arguments, string Outcome, string Hash);

/// <summary>Recomputes the whole chain and holds it against the head file.</summary>
internal sealed record VerifyAudit : IQuery<AuditVerdict>, INeeds<AuditRead>;

/// <summary>What verification found. <paramref name="Intact"/> false: the first bad entry and why ("edited", "missing", "cut-off", "added", "no-head").</summary>
internal sealed record AuditVerdict(bool Intact, long Entries, string Head, long? At, string? Reason);

file sealed class Validator : AbstractValidator<SearchAudit>
{
    public Validator()
    {
        RuleFor(r => r.Limit).InclusiveBetween(1, 10_000);
        RuleFor(r => r.Text).MaximumLength(200);
    }
}

file sealed class SearchHandler(AccessDb db) : IQueryHandler<SearchAudit, IReadOnlyList<AuditLine>>
{
    public async Task<Result<IReadOnlyList<AuditLine>>> Handle(SearchAudit request, CancellationToken ct)
    {
        var rows = db.Audit.AsNoTracking();
        if (request.Before is { } before) rows = rows.Where(a => a.Seq < before);
        if (!string.IsNullOrWhiteSpace(request.Text))
        {
            var text = request.Text.Trim();
            rows = rows.Where(a => a.Action.Contains(text) || a.ActorName.Contains(text) || a.Outcome.Contains(text) || a.Arguments.Contains(text) || (a.Address != null && a.Address.Contains(text)));
        }
        var found = await rows.OrderByDescending(a => a.Seq).Take(request.Limit).ToListAsync(ct);
        return Result<IReadOnlyList<AuditLine>>.Of([.. found.Select(a => new AuditLine(a.Seq, a.At, a.Action, a.ActorKind, a.ActorName, a.Address, a.Arguments, a.Outcome, a.Hash))]);
    }
}

file sealed class VerifyHandler(AccessDb db, AuditTrail trail, AuditHead head) : IQueryHandler<VerifyAudit, AuditVerdict>
{
    public async Task<Result<AuditVerdict>> Handle(VerifyAudit request, CancellationToken ct)
    {
        // Nothing may be written between reading the head and reaching the table's end.
        return await trail.WhileStill(async () =>
        {
            var ends = head.Read();
            var end = ChainEnd.Empty;
            await foreach (var row in db.Audit.AsNoTracking().OrderBy(a => a.Seq).AsAsyncEnumerable().WithCancellation(ct))
            {
                if (row.Seq != end.Count + 1) return Bad(end, row.Seq < 1 ? row.Seq : end.Count + 1, row.Seq < 1 ? "added" : "missing");
                if (row.Hash != AuditChain.HashOf(end.Hash, row)) return Bad(end, row.Seq, "edited");
                end = new ChainEnd(row.Seq, row.Hash);
            }
            if (ends is not { } known) return end.Count == 0 ? new AuditVerdict(true, 0, end.Hash, null, null) : Bad(end, end.Count, "no-head");
            if (end == known.Now || end == known.Next) return new AuditVerdict(true, end.Count, end.Hash, null, null);
            return end.Count < known.Now.Count ? Bad(end, end.Count + 1, "cut-off") : end.Count > known.Next.Count ? Bad(end, known.Next.Count + 1, "added") : Bad(end, end.Count, "edited");
        }, ct);
    }

    private static AuditVerdict Bad(ChainEnd end, long at, string reason) => new(false, end.Count, end.Hash, at, reason);
}
