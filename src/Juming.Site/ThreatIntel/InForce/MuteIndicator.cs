using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Own;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.InForce;

/// <summary>Not here: an indicator makes no alerts at this site any more, whoever names its value.</summary>
internal sealed record MuteIndicator(IndicatorKind Kind, string Value, string Reason, DateTimeOffset? Until = null) : ICommand<Done>, INeeds<IntelWrite>;

/// <summary>Takes that back.</summary>
internal sealed record UnmuteIndicator(IndicatorKind Kind, string Value) : ICommand<Done>, INeeds<IntelWrite>;

/// <summary>Lists what is muted, the latest first.</summary>
internal sealed record ListMutes : IQuery<IReadOnlyList<MuteView>>, INeeds<IntelRead>;

/// <summary>A muted value.</summary>
internal sealed record MuteView(IndicatorKind Kind, string Value, string Reason, string By, DateTimeOffset At, DateTimeOffset? Until);

file sealed class Validator : AbstractValidator<MuteIndicator>
{
    public Validator()
    {
        RuleFor(c => c.Kind).IsInEnum();
        RuleFor(c => c.Value).NotEmpty().MaximumLength(2048);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500);
    }
}

file sealed class Handler(IntelDb db, OwnBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<MuteIndicator, Done>, ICommandHandler<UnmuteIndicator, Done>, IQueryHandler<ListMutes, IReadOnlyList<MuteView>>
{
    private const int MostShown = 500;

    public async Task<Result<Done>> Handle(MuteIndicator request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.Until <= now) return IntelErrors.InThePast;
        using var held = await book.Enter(cancellationToken);
        if (await db.Mutes.FirstOrDefaultAsync(m => m.Kind == request.Kind && m.Value == request.Value, cancellationToken) is not { } row) row = db.Add(new MuteRow { Kind = request.Kind, Value = request.Value, Reason = "" }).Entity;
        (row.Reason, row.By, row.At, row.Until) = (request.Reason.Trim(), current.Actor.Name, now, request.Until);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(UnmuteIndicator request, CancellationToken cancellationToken)
    {
        using var held = await book.Enter(cancellationToken);
        if (await db.Mutes.FirstOrDefaultAsync(m => m.Kind == request.Kind && m.Value == request.Value, cancellationToken) is not { } row) return IntelErrors.NoSuchMute;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<MuteView>>> Handle(ListMutes request, CancellationToken cancellationToken) =>
        Result<IReadOnlyList<MuteView>>.Of((await db.Mutes.AsNoTracking().OrderByDescending(m => m.At).Take(MostShown).ToListAsync(cancellationToken)).ConvertAll(m => new MuteView(m.Kind, m.Value, m.Reason, m.By, m.At, m.Until)));
}
