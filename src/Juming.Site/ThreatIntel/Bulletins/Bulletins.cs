using System.Text.Json;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Microsoft.EntityFrameworkCore;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.ThreatIntel.Bulletins;

/// <summary>Something that a bulletin asks for.</summary>
/// <param name="Text">What is to be done.</param>
/// <param name="DoneBy">Who did it; null while it is open.</param>
/// <param name="DoneAt">When.</param>
/// <param name="Remark">What was found, or why it is not needed.</param>
public sealed record BulletinAction(string Text, string? DoneBy = null, DateTimeOffset? DoneAt = null, string Remark = "");

/// <summary>A step in a bulletin's life.</summary>
public sealed record BulletinStep(BulletinState State, string By, DateTimeOffset At);

/// <summary>Enters a bulletin; answers with its identity.</summary>
internal sealed record EnterBulletin(string Title, string Sender, string Number, string Text, Severity Severity, DateTimeOffset? Due, IReadOnlyList<string> Actions) : ICommand<Guid>, INeeds<IntelWrite>;

/// <summary>Moves a bulletin on: acknowledged, done, answered. Back is not possible; what was said stands.</summary>
internal sealed record MoveBulletin(Guid Id, long Revision, BulletinState State, string Answer = "") : ICommand<Done>, INeeds<IntelWrite>;

/// <summary>Ticks an action off with a remark, or opens it again.</summary>
internal sealed record TickAction(Guid Id, long Revision, int Action, bool IsDone, string Remark = "") : ICommand<Done>, INeeds<IntelWrite>;

/// <summary>Lists bulletins: those that are open, the nearest deadline first; or the closed ones.</summary>
internal sealed record ListBulletins(bool Closed = false, int Skip = 0, int Take = 50) : IQuery<BulletinPage>, INeeds<IntelRead>;

/// <summary>A bulletin.</summary>
public sealed record BulletinView(
    Guid Id, string Title, string Sender, string Number, string Text, Severity Severity, BulletinState State, DateTimeOffset ReceivedAt, DateTimeOffset? Due, bool IsLate, IReadOnlyList<BulletinAction> Actions, string Answer, IReadOnlyList<BulletinStep> History, long Revision, BulletinOrigin Origin, IReadOnlyList<string> Cves, IReadOnlyList<string> References, string? WithdrawnFor);

/// <summary>A page of them, and how many there are.</summary>
internal sealed record BulletinPage(IReadOnlyList<BulletinView> Items, int Total);

file sealed class Validator : AbstractValidator<EnterBulletin>
{
    public Validator()
    {
        RuleFor(c => c.Title).NotEmpty().MaximumLength(200);
        RuleFor(c => c.Sender).NotNull().MaximumLength(120);
        RuleFor(c => c.Number).NotNull().MaximumLength(60);
        RuleFor(c => c.Text).NotNull().MaximumLength(20_000);
        RuleFor(c => c.Severity).IsInEnum();
        RuleFor(c => c.Actions).NotNull().Must(a => a is null || a.Count <= 50);
        RuleForEach(c => c.Actions).NotEmpty().MaximumLength(500);
    }
}

file sealed class MoveValidator : AbstractValidator<MoveBulletin>
{
    public MoveValidator()
    {
        RuleFor(c => c.State).IsInEnum();
        RuleFor(c => c.Answer).NotNull().MaximumLength(5000);
    }
}

file sealed class TickValidator : AbstractValidator<TickAction>
{
    public TickValidator()
    {
        RuleFor(c => c.Action).InclusiveBetween(0, 49);
        RuleFor(c => c.Remark).NotNull().MaximumLength(500);
    }
}

file sealed class ListValidator : AbstractValidator<ListBulletins>
{
    public ListValidator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(IntelDb db, BulletinAnswers answers, CurrentActor current, TimeProvider clock) : ICommandHandler<EnterBulletin, Guid>, ICommandHandler<MoveBulletin, Done>, ICommandHandler<TickAction, Done>, IQueryHandler<ListBulletins, BulletinPage>
{
    public async Task<Result<Guid>> Handle(EnterBulletin request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = db.Add(new BulletinRow
        {
            Title = request.Title.Trim(),
            Sender = request.Sender.Trim(),
            Number = request.Number.Trim(),
            Text = request.Text,
            Severity = request.Severity,
            ReceivedAt = now,
            Due = request.Due,
            Actions = JsonSerializer.Serialize(request.Actions.Select(a => new BulletinAction(a.Trim()))),
            ChangedAt = now,
            By = current.Actor.Name,
            History = JsonSerializer.Serialize(new[] { new BulletinStep(BulletinState.Received, current.Actor.Name, now) }),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(MoveBulletin request, CancellationToken cancellationToken)
    {
        if (await db.Bulletins.FirstOrDefaultAsync(b => b.Id == request.Id, cancellationToken) is not { } row) return IntelErrors.NoSuchBulletin;
        if (row.Revision != request.Revision) return IntelErrors.BulletinMoved.With("by", row.By);
        if (request.State != row.State + 1) return IntelErrors.BulletinStep;
        if (request.State == BulletinState.Done && Actions(row).Count(a => a.DoneAt is null) is > 0 and var open) return IntelErrors.ActionsOpen.With("open", open.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (request.State == BulletinState.Answered && string.IsNullOrWhiteSpace(request.Answer)) return IntelErrors.AnswerMissing;
        if (request.State == BulletinState.Answered) row.Answer = request.Answer.Trim();
        row.State = request.State;
        row.History = JsonSerializer.Serialize(History(row).Append(new BulletinStep(request.State, current.Actor.Name, clock.GetUtcNow())));
        await answers.SendWith(row, cancellationToken);
        return await Save(row, cancellationToken);
    }

    public async Task<Result<Done>> Handle(TickAction request, CancellationToken cancellationToken)
    {
        if (await db.Bulletins.FirstOrDefaultAsync(b => b.Id == request.Id, cancellationToken) is not { } row) return IntelErrors.NoSuchBulletin;
        if (row.Revision != request.Revision) return IntelErrors.BulletinMoved.With("by", row.By);
        var actions = Actions(row);
        if (row.State is BulletinState.Done or BulletinState.Answered || request.Action >= actions.Count) return IntelErrors.BulletinStep;
        actions[request.Action] = request.IsDone ? actions[request.Action] with { DoneBy = current.Actor.Name, DoneAt = clock.GetUtcNow(), Remark = request.Remark.Trim() } : new BulletinAction(actions[request.Action].Text);
        row.Actions = JsonSerializer.Serialize(actions);
        return await Save(row, cancellationToken);
    }

    public async Task<Result<BulletinPage>> Handle(ListBulletins request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = db.Bulletins.AsNoTracking().Where(b => b.State == BulletinState.Answered == request.Closed);
        var ordered = request.Closed ? found.OrderByDescending(b => b.ChangedAt) : found.OrderBy(b => b.Due == null).ThenBy(b => b.Due).ThenByDescending(b => b.ReceivedAt);
        var rows = await ordered.Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new BulletinPage(rows.ConvertAll(b => new BulletinView(b.Id, b.Title, b.Sender, b.Number, b.Text, b.Severity, b.State, b.ReceivedAt, b.Due, b.Due < now && b.State < BulletinState.Done, Actions(b), b.Answer, History(b), b.Revision, b.Origin, b.Cves.Split(' ', StringSplitOptions.RemoveEmptyEntries), b.References.Split('\n', StringSplitOptions.RemoveEmptyEntries), b.WithdrawnFor)), await found.CountAsync(cancellationToken));
    }

    private async Task<Result<Done>> Save(BulletinRow row, CancellationToken ct)
    {
        (row.By, row.ChangedAt, row.Revision) = (current.Actor.Name, clock.GetUtcNow(), row.Revision + 1);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return IntelErrors.BulletinMoved.With("by", row.By);
        }
        return Done.Value;
    }

    private static List<BulletinAction> Actions(BulletinRow row) => JsonSerializer.Deserialize<List<BulletinAction>>(row.Actions) ?? [];

    private static List<BulletinStep> History(BulletinRow row) => JsonSerializer.Deserialize<List<BulletinStep>>(row.History) ?? [];
}
