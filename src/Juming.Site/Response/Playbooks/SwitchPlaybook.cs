using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>Lets the version in force start by itself, or no longer. Only what was looked at in a dry run or replay may.</summary>
internal sealed record SwitchPlaybook(Guid Id, bool On) : ICommand<Done>, INeeds<ResponseApprove>;

file sealed class Handler(ResponseDb db, ActionBook book, PlaybookShelf shelf, ResponseSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<SwitchPlaybook, Done>
{
    public async Task<Result<Done>> Handle(SwitchPlaybook request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        if (request.On && await Refusal(row, cancellationToken) is { } refusal) return refusal;
        if (row.On == request.On) return Done.Value;
        (row.On, row.OnBy, row.OnAt, row.ScheduledAt) = (request.On, current.Actor.Name, clock.GetUtcNow(), request.On ? clock.GetUtcNow() : row.ScheduledAt);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    private async Task<Error?> Refusal(PlaybookRow row, CancellationToken ct)
    {
        if (row.Published == 0 || await shelf.Of(db, row.Id, row.Published, ct) is not { } model) return ResponseErrors.NotPublished;
        if (model.Triggers.All(t => t.On == "manual")) return ResponseErrors.NothingStartsIt;
        if (row.LookedAt != row.Published) return ResponseErrors.LookFirst.With("version", row.Published.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (settings.FirstRunsAsk > 0 && book.Find(ActionBook.AskPerson) is null) return ResponseErrors.NobodyToAsk;
        return Rights.Missing(model, book, current.Actor);
    }
}

/// <summary>Nobody does through a playbook what they may not do themselves.</summary>
internal static class Rights
{
    public static Error? Missing(Cacao.PlaybookModel model, ActionBook book, Actor actor)
    {
        foreach (var code in model.Steps.Values.Select(ActionBook.CodeOf).Where(c => c.Length > 0).Distinct())
            if (book.Find(code) is { } action && !actor.Holds(action.Spec.Permission)) return ResponseErrors.ActionNotYours.With("action", code).With("permission", action.Spec.Permission);
        return null;
    }
}
