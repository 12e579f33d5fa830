using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Approvals.Answer;

/// <summary>A person who is signed in agrees or refuses.</summary>
/// <param name="Approval">What is answered.</param>
/// <param name="Agree">Yes or no.</param>
/// <param name="Reason">Why, at most 1,000 characters; needed for a no.</param>
/// <param name="Code">Fresh code of the authenticator app; needed to agree to what is of high risk.</param>
internal sealed record AnswerApproval(Guid Approval, bool Agree, string Reason, Secret Code) : ICommand<ApprovalAnswered>, INeeds<ApprovalsAnswer>;

/// <summary>How the approval stands after the answer.</summary>
/// <param name="State">How far it is; still asked when a second person must agree.</param>
internal sealed record ApprovalAnswered(ApprovalState State);

file sealed class Validator : AbstractValidator<AnswerApproval>
{
    public Validator()
    {
        RuleFor(a => a.Reason).MaximumLength(1000);
        RuleFor(a => a.Code.Value).MaximumLength(32);
    }
}

file sealed class Handler(AnswerBook book, CurrentActor current) : ICommandHandler<AnswerApproval, ApprovalAnswered>
{
    public async Task<Result<ApprovalAnswered>> Handle(AnswerApproval request, CancellationToken cancellationToken)
    {
        if (current.Actor.PersonId is not { } person) return ApprovalErrors.PeopleOnly;
        var taken = await book.Take(new PersonsAnswer(request.Approval, person, current.Actor.Name, request.Agree, request.Reason, request.Code, "console"), cancellationToken);
        return taken.Error is { } error ? error : new ApprovalAnswered(taken.Value);
    }
}
