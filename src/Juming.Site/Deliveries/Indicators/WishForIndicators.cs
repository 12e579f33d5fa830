using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.Deliveries.Data;

namespace Juming.Site.Deliveries.Indicators;

/// <summary>Says which indicators this site wants. Nobody above learns of it.</summary>
/// <param name="Kinds">Kinds; empty for all.</param>
/// <param name="LeastConfidence">Confidence from which they are wanted, 0 for all.</param>
internal sealed record WishForIndicators(IReadOnlyList<IndicatorKind> Kinds, int LeastConfidence) : ICommand<Done>, INeeds<DeliveriesDecide>;

/// <summary>Which indicators this site wants.</summary>
internal sealed record GetWish : IQuery<WishView>, INeeds<DeliveriesRead>;

/// <summary>Which indicators this site wants.</summary>
/// <param name="Kinds">Kinds; empty for all.</param>
/// <param name="LeastConfidence">Confidence from which they are wanted.</param>
/// <param name="ChangedBy">Who said so last; empty for nobody.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="TakenAt">When a whole set was taken last.</param>
/// <param name="OfferedVersion">Number of the last change that has come.</param>
/// <param name="PublishedAt">When the last change was published.</param>
internal sealed record WishView(IReadOnlyList<IndicatorKind> Kinds, int LeastConfidence, string ChangedBy, DateTimeOffset? ChangedAt, DateTimeOffset? TakenAt, long? OfferedVersion, DateTimeOffset? PublishedAt);

file sealed class Validator : AbstractValidator<WishForIndicators>
{
    public Validator()
    {
        RuleFor(c => c.Kinds).NotNull();
        RuleForEach(c => c.Kinds).IsInEnum().NotEqual(IndicatorKind.None);
        RuleFor(c => c.LeastConfidence).InclusiveBetween(0, 100);
    }
}

file sealed class Handler(Subscription subscription, DeliveriesDb db, IContent content, CurrentActor current, TimeProvider clock) : ICommandHandler<WishForIndicators, Done>, IQueryHandler<GetWish, WishView>
{
    public async Task<Result<Done>> Handle(WishForIndicators request, CancellationToken cancellationToken)
    {
        var row = await subscription.Row(cancellationToken);
        (row.Kinds, row.LeastConfidence) = (string.Join(',', request.Kinds.Distinct().Order()), request.LeastConfidence);
        (row.ChangedBy, row.ChangedAt) = (current.Actor.Name, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        content.LookAgain();
        return Done.Value;
    }

    public async Task<Result<WishView>> Handle(GetWish request, CancellationToken cancellationToken)
    {
        var row = await subscription.Row(cancellationToken);
        var hot = content.Targets.FirstOrDefault(t => t.Path == ContentKinds.Intelligence + "/hot");
        var kinds = row.Kinds.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<IndicatorKind>).ToList();
        return new WishView(kinds, row.LeastConfidence, row.ChangedBy, row.ChangedAt, row.TakenAt, hot?.Version, hot?.PublishedAt);
    }
}
