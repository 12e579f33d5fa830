using System.Text.Json;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals.Answer;

namespace Juming.Site.Approvals.Phone;

/// <summary>A person answers from their phone, by the link that was made for them and for this one effect.</summary>
internal sealed record AnswerByLink(Secret Link, bool Agree, string Reason, Secret Code) : ICommand<ApprovalAnswered>, IOpenToAnyone;

file sealed class Validator : AbstractValidator<AnswerByLink>
{
    public Validator()
    {
        RuleFor(a => a.Link.Value).MaximumLength(100);
        RuleFor(a => a.Reason).MaximumLength(1000);
        RuleFor(a => a.Code.Value).MaximumLength(32);
    }
}

file sealed class Handler(AnswerBook book, PersonalLinks links, IPeople people, IAuditTrail audit, CurrentActor current, TimeProvider clock) : ICommandHandler<AnswerByLink, ApprovalAnswered>
{
    public async Task<Result<ApprovalAnswered>> Handle(AnswerByLink request, CancellationToken cancellationToken)
    {
        if (await links.Find(request.Link.Value, cancellationToken) is not { } link || link.ExpiresAt <= clock.GetUtcNow()) return ApprovalErrors.NoSuchLink;
        if ((await people.Holding(ApprovalsAnswer.Code, cancellationToken)).FirstOrDefault(p => p.Id == link.PersonId) is not { } person) return ApprovalErrors.NotYours;
        var taken = await book.Take(new PersonsAnswer(link.ApprovalId, person.Id, person.Name, request.Agree, request.Reason, request.Code, "phone", link.Hash), cancellationToken);
        // The guard records that a link was used; whose it was only shows here.
        await audit.Append(new AuditEntry(nameof(AnswerApproval), ActorKind.Person, person.Id.ToString(), person.Name, current.Actor.Address,
            JsonSerializer.Serialize(new { approval = link.ApprovalId, agree = request.Agree, reason = request.Reason, way = "phone" }, JsonSerializerOptions.Web), taken.Error?.Code ?? "done"), cancellationToken);
        return taken.Error is { } error ? error : new ApprovalAnswered(taken.Value);
    }
}
