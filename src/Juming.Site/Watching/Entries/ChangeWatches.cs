using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Watching.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Watching.Entries;

/// <summary>Watches a value; answers with the entry's identity. The same key again answers the same.</summary>
internal sealed record WatchValue(WatchKind Kind, string Value, string Reason, DateTimeOffset? Until = null, string Incident = "", string Key = "") : ICommand<Guid>, INeeds<WatchingWrite>;

/// <summary>Changes why and until when; the value stays.</summary>
internal sealed record ChangeWatch(Guid Id, long Version, string Reason, DateTimeOffset? Until) : ICommand<Done>, INeeds<WatchingWrite>;

/// <summary>Ends entries: one by its identity, the one that a key made, or all of one value.</summary>
internal sealed record EndWatches : ICommand<IReadOnlyList<Guid>>, INeeds<WatchingWrite>
{
    /// <summary>One entry.</summary>
    public Guid? Id { get; init; }

    /// <summary>The entry that this key made.</summary>
    public string? MadeBy { get; init; }

    /// <summary>All entries of one value, as it is stored.</summary>
    public (WatchKind Kind, string Value)? Of { get; init; }

    /// <summary>Key of the effect that ends them; empty for a person.</summary>
    public string Key { get; init; } = "";
}

/// <summary>Gives back what an effect ended.</summary>
internal sealed record ResumeWatches(string Key) : ICommand<IReadOnlyList<Guid>>, INeeds<WatchingWrite>;

file sealed class Validator : AbstractValidator<WatchValue>
{
    public Validator()
    {
        RuleFor(c => c.Kind).IsInEnum();
        RuleFor(c => c.Value).NotEmpty().MaximumLength(300);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(WatchReason.IsOneLine).WithMessage(WatchReason.Rule);
        RuleFor(c => c.Incident).NotNull().MaximumLength(40).Must(WatchReason.IsOneLine);
        RuleFor(c => c.Key).NotNull().MaximumLength(100);
    }
}

file sealed class ChangeValidator : AbstractValidator<ChangeWatch>
{
    public ChangeValidator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(WatchReason.IsOneLine).WithMessage(WatchReason.Rule);
}

file static class WatchReason
{
    public const string Rule = "A reason is one line of at most 500 characters.";

    public static bool IsOneLine(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(WatchingDb db, WatchBook book, WatchTurn turn, WatchingSettings settings, CurrentActor current, TimeProvider clock) :
    ICommandHandler<WatchValue, Guid>, ICommandHandler<ChangeWatch, Done>, ICommandHandler<EndWatches, IReadOnlyList<Guid>>, ICommandHandler<ResumeWatches, IReadOnlyList<Guid>>
{
    public async Task<Result<Guid>> Handle(WatchValue request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (request.Key.Length > 0 && await db.Watches.AsNoTracking().FirstOrDefaultAsync(w => w.Key == request.Key, cancellationToken) is { } there) return there.Id;
        if (WatchText.Read(request.Kind, request.Value) is not { } value) return WatchingErrors.Unreadable.With("value", request.Value.Length <= 60 ? request.Value : request.Value[..60]);
        var now = clock.GetUtcNow();
        if (request.Until <= now) return WatchingErrors.InThePast;
        if (await db.Watches.CountAsync(w => w.EndedAt == null && (w.Until == null || w.Until > now), cancellationToken) >= settings.MostWatches) return WatchingErrors.Full.With("most", settings.MostWatches.ToString(CultureInfo.InvariantCulture));
        var row = db.Add(new WatchRow { Kind = request.Kind, Value = value, Reason = request.Reason.Trim(), Incident = request.Incident.Trim(), Key = request.Key.Length > 0 ? request.Key : null, By = current.Actor.Name, At = now, Until = request.Until }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(ChangeWatch request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Watches.FirstOrDefaultAsync(w => w.Id == request.Id, cancellationToken) is not { } row) return WatchingErrors.NoSuchWatch;
        var now = clock.GetUtcNow();
        if (!row.Lasts(now)) return WatchingErrors.Ended;
        if (row.Version != request.Version) return WatchingErrors.ChangedMeanwhile.With("by", row.By);
        if (request.Until <= now) return WatchingErrors.InThePast;
        (row.Reason, row.Until, row.By, row.At, row.Version) = (request.Reason.Trim(), request.Until, current.Actor.Name, now, row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<Guid>>> Handle(EndWatches request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var now = clock.GetUtcNow();
        var rows = await (request switch
        {
            { Id: { } id } => db.Watches.Where(w => w.Id == id),
            { MadeBy: { Length: > 0 } key } => db.Watches.Where(w => w.Key == key),
            { Of: ({ } kind, { } value) } => db.Watches.Where(w => w.Kind == kind && w.Value == value && w.EndedAt == null),
            _ => db.Watches.Where(w => false),
        }).ToListAsync(cancellationToken);
        if (request.Id is not null && rows.Count == 0) return WatchingErrors.NoSuchWatch;
        var ending = rows.FindAll(r => r.Lasts(now));
        foreach (var row in ending) (row.EndedAt, row.EndedBy, row.EndedKey, row.Version) = (now, current.Actor.Name, request.Key, row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return ending.ConvertAll(r => r.Id);
    }

    public async Task<Result<IReadOnlyList<Guid>>> Handle(ResumeWatches request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (request.Key.Length == 0) return Result<IReadOnlyList<Guid>>.Of([]);
        var now = clock.GetUtcNow();
        var rows = await db.Watches.Where(w => w.EndedKey == request.Key && w.EndedAt != null && (w.Until == null || w.Until > now)).ToListAsync(cancellationToken);
        foreach (var row in rows) (row.EndedAt, row.EndedBy, row.EndedKey, row.Version) = (null, "", "", row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return rows.ConvertAll(r => r.Id);
    }
}
