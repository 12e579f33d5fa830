using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Answer;

/// <summary>One person's answer, from wherever it comes.</summary>
/// <param name="Approval">What is answered.</param>
/// <param name="Person">Who answers: identity.</param>
/// <param name="Name">Who answers: name.</param>
/// <param name="Agree">Yes or no.</param>
/// <param name="Reason">Why; needed for a no.</param>
/// <param name="Code">Second factor; needed for high risk.</param>
/// <param name="Way">"console", "phone" or "wecom".</param>
/// <param name="Link">Hash of the one-time link that it came by.</param>
internal sealed record PersonsAnswer(Guid Approval, Guid Person, string Name, bool Agree, string Reason, Secret Code, string Way, string? Link = null);

/// <summary>Takes answers: who may, whether it is in time, and whether it decides.</summary>
internal sealed class AnswerBook(ApprovalsDb db, IPeople people, ISecondFactorCheck factors, TimeProvider clock)
{
    private const int Attempts = 4;

    public async Task<Result<ApprovalState>> Take(PersonsAnswer answer, CancellationToken ct)
    {
        var checkedCode = false;
        for (var attempt = 1; ; attempt++)
        {
            var row = await db.Approvals.FirstOrDefaultAsync(a => a.Id == answer.Approval, ct);
            if (row is null) return ApprovalErrors.NoSuchApproval;
            if (await Refusal(row, answer, ct) is { } refusal) return refusal;
            // A code is taken once, and only when everything else allows the answer.
            if (row.HighRisk && answer.Agree && !checkedCode)
            {
                if (answer.Code.Value.Length == 0) return ApprovalErrors.CodeNeeded;
                if (await factors.Take(answer.Person, answer.Code, ct) is { } wrong) return wrong;
                checkedCode = true;
            }
            await Note(row, answer, ct);
            try
            {
                await db.SaveChangesAsync(ct);
                return row.State;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // Another answer came in between, perhaps the same one twice: look again.
                db.ChangeTracker.Clear();
            }
        }
    }

    private async Task<Error?> Refusal(ApprovalRow row, PersonsAnswer answer, CancellationToken ct)
    {
        if (await db.Answers.AnyAsync(a => a.ApprovalId == row.Id && a.PersonId == answer.Person, ct)) return ApprovalErrors.AnsweredAlready;
        if (row.State != ApprovalState.Asked) return ApprovalErrors.Over.With("state", ApprovalsTexts.Of("State." + row.State));
        if (row.ExpiresAt <= clock.GetUtcNow()) return ApprovalErrors.TooLate;
        if (!(await people.Holding(ApprovalsAnswer.Code, ct)).Any(p => p.Id == answer.Person)) return ApprovalErrors.NotYours;
        if (row.RequestedBy is { } by && (by == answer.Person.ToString() || by.Equals(answer.Name, StringComparison.OrdinalIgnoreCase))) return ApprovalErrors.OwnRequest;
        return !answer.Agree && string.IsNullOrWhiteSpace(answer.Reason) ? ApprovalErrors.ReasonNeeded : null;
    }

    private async Task Note(ApprovalRow row, PersonsAnswer answer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var before = await db.Answers.AsNoTracking().Where(a => a.ApprovalId == row.Id && a.Agreed).OrderBy(a => a.At).Select(a => a.PersonName).ToListAsync(ct);
        db.Add(new AnswerRow { ApprovalId = row.Id, PersonId = answer.Person, PersonName = answer.Name, Agreed = answer.Agree, Reason = answer.Reason.Trim(), Way = answer.Way, At = now });
        if (answer.Link is { } hash && await db.Links.FirstOrDefaultAsync(l => l.Hash == hash, ct) is { } link) link.UsedAt = now;
        if (!answer.Agree) Decisions.End(db, row, ApprovalState.Rejected, answer.Name, answer.Reason.Trim(), now);
        else if (before.Count + 1 >= row.Keys) Decisions.End(db, row, ApprovalState.Approved, string.Join(", ", [.. before, answer.Name]), answer.Reason.Trim(), now);
        else row.Version++;
    }
}
