using System.Text.Json;
using FluentValidation;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.Deliveries.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Deliveries.Packs;

/// <summary>Packs that came from above: those that wait first, then by when they came.</summary>
internal sealed record ListDeliveries : IQuery<DeliveryPage>, INeeds<DeliveriesRead>
{
    public PackState? State { get; init; }
    public string? Kind { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>What a pack would change, or has changed, against what is in force.</summary>
internal sealed record CompareDelivery(Guid Id) : IQuery<DeliveryChanges>, INeeds<DeliveriesRead>;

/// <summary>A page of packs.</summary>
internal sealed record DeliveryPage(IReadOnlyList<DeliveryView> Items, int Total, int Waiting);

/// <summary>One version of a pack.</summary>
/// <param name="Id">Identity here.</param>
/// <param name="Kind">rules, parsers, playbooks or recipes.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Operator">Identity of the operator that published it; empty for the cloud.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Note">What is new in it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SeenAt">When it came.</param>
/// <param name="TakenAt">When it was put in force.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Problem">Why it could not be put in force; null when nothing stood against it.</param>
internal sealed record DeliveryView(Guid Id, string Kind, string Name, int Version, string Operator, string Title, string Note, PackState State, DateTimeOffset SeenAt, DateTimeOffset? TakenAt, string DecidedBy, DateTimeOffset? DecidedAt, string Reason, string Sha256, Error? Problem)
{
    public static DeliveryView Of(PackRow row) => new(row.Id, row.Kind, row.Name, row.Version, row.Operator, row.Title, row.Note, row.State, row.SeenAt, row.TakenAt, row.DecidedBy, row.DecidedAt, row.Reason, Convert.ToHexStringLower(row.Sha256), row.Problem.Length > 0 ? JsonSerializer.Deserialize<Error>(row.Problem) : null);
}

/// <summary>What a pack changes.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Changes">Its changes against what is in force now.</param>
/// <param name="Problem">Why it can't be compared; null when it could.</param>
internal sealed record DeliveryChanges(DeliveryView Pack, IReadOnlyList<PackChange> Changes, Error? Problem);

file sealed class Validator : AbstractValidator<ListDeliveries>
{
    public Validator()
    {
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Kind).Must(k => k is null || ContentKinds.Packs.Contains(k));
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(DeliveriesDb db, IContent content, IEnumerable<IPackTaker> takers) : IQueryHandler<ListDeliveries, DeliveryPage>, IQueryHandler<CompareDelivery, DeliveryChanges>
{
    public async Task<Result<DeliveryPage>> Handle(ListDeliveries request, CancellationToken cancellationToken)
    {
        var found = db.Packs.AsNoTracking();
        if (request.State is { } state) found = found.Where(p => p.State == state);
        if (request.Kind is { } kind) found = found.Where(p => p.Kind == kind);
        var rows = await found.OrderByDescending(p => p.State == PackState.Waiting).ThenByDescending(p => p.SeenAt).ThenBy(p => p.Path).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new DeliveryPage(rows.ConvertAll(DeliveryView.Of), await found.CountAsync(cancellationToken), await db.Packs.CountAsync(p => p.State == PackState.Waiting, cancellationToken));
    }

    public async Task<Result<DeliveryChanges>> Handle(CompareDelivery request, CancellationToken cancellationToken)
    {
        if (await db.Packs.AsNoTracking().FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return DeliveriesErrors.NoSuchPack;
        if (takers.FirstOrDefault(t => t.Kind == row.Kind) is not { } taker) return DeliveriesErrors.NoTaker;
        try
        {
            var changes = await taker.Compare(new Pack(row.Name, row.Version, await content.Get(row.Sha256, row.Length, cancellationToken), "", row.Operator), cancellationToken);
            return new DeliveryChanges(DeliveryView.Of(row), changes.Succeeded ? changes.Value : [], changes.Error);
        }
        catch (RefusalException e)
        {
            // An old version may not lie here any more; what is known of it is shown all the same.
            return new DeliveryChanges(DeliveryView.Of(row), [], e.Refusal);
        }
    }
}
