using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Protected;

/// <summary>Protects an address or range. What is blocked already stays blocked until someone lifts it; nothing new is.</summary>
internal sealed record Protect(string Range, string Kind, string Note, DateTimeOffset? Until = null) : ICommand<Guid>, INeeds<BlockingProtect>;

/// <summary>Changes a protected entry; its range stays.</summary>
internal sealed record ChangeProtected(Guid Id, long Version, string Kind, string Note, DateTimeOffset? Until = null) : ICommand<Done>, INeeds<BlockingProtect>;

/// <summary>Protects a range no longer.</summary>
internal sealed record Unprotect(Guid Id) : ICommand<Done>, INeeds<BlockingProtect>;

file sealed class Validator : AbstractValidator<Protect>
{
    public Validator()
    {
        RuleFor(c => c.Range).NotEmpty().MaximumLength(300);
        RuleFor(c => c.Kind).Must(ProtectedKinds.All.Contains).WithMessage("Choose a kind: " + string.Join(", ", ProtectedKinds.All) + ".");
        RuleFor(c => c.Note).NotNull().MaximumLength(500).Must(n => n is null || !n.Any(char.IsControl)).WithMessage("A note is one line.");
    }
}

file sealed class ChangeValidator : AbstractValidator<ChangeProtected>
{
    public ChangeValidator()
    {
        RuleFor(c => c.Kind).Must(ProtectedKinds.All.Contains).WithMessage("Choose a kind: " + string.Join(", ", ProtectedKinds.All) + ".");
        RuleFor(c => c.Note).NotNull().MaximumLength(500).Must(n => n is null || !n.Any(char.IsControl)).WithMessage("A note is one line.");
    }
}

file sealed class Handler(BlockingDb db, ProtectedBook book, ProtectedTurn turn, CurrentActor current, TimeProvider clock) : ICommandHandler<Protect, Guid>, ICommandHandler<ChangeProtected, Done>, ICommandHandler<Unprotect, Done>
{
    public async Task<Result<Guid>> Handle(Protect request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        // One reading only: what is protected must not depend on who reads it.
        if (TargetReader.Read(request.Range).Ranges is not [var range]) return BlockingErrors.ProtectedUnreadable.With("value", request.Range.Length <= 60 ? request.Range : request.Range[..60]);
        var text = range.ToString();
        if (await db.Protected.AnyAsync(p => p.Range == text, cancellationToken)) return BlockingErrors.ProtectedTwice.With("range", text);
        var row = db.Add(new ProtectedRow { Kind = request.Kind, Range = text, Note = request.Note.Trim(), Until = request.Until, By = current.Actor.Name, At = clock.GetUtcNow() }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(ChangeProtected request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Protected.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return BlockingErrors.NoSuchProtected;
        if (row.Version != request.Version) return BlockingErrors.ChangedMeanwhile.With("by", row.By);
        (row.Kind, row.Note, row.Until, row.By, row.At, row.Version) = (request.Kind, request.Note.Trim(), request.Until, current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(Unprotect request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Protected.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return BlockingErrors.NoSuchProtected;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}
