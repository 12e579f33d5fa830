using FluentValidation;
using Juming.Contracts.Egress;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Release;

/// <summary>Says what of an incident may be released to the host above, and what stays and why.</summary>
internal sealed record DescribeRelease(Guid Id) : IQuery<ReleaseView>, INeeds<IncidentsRelease>;

/// <summary>What may be released.</summary>
/// <param name="Values">All values, those that stay too.</param>
/// <param name="Figures">Counts and times that may go along.</param>
internal sealed record ReleaseView(IReadOnlyList<ReleaseValue> Values, ReleaseFigures Figures);

/// <summary>Shows exactly what would leave.</summary>
/// <param name="Id">The incident.</param>
/// <param name="Values">Identities of values that were chosen.</param>
/// <param name="Figures">Counts and times go along.</param>
internal sealed record PreviewRelease(Guid Id, IReadOnlyList<string> Values, bool Figures) : IQuery<ReleasePreview>, INeeds<IncidentsRelease>;

/// <summary>What would leave: the fields of the message with their values, and how many bytes that is.</summary>
internal sealed record ReleasePreview(IReadOnlyList<ShownField> Fields, int Bytes);

/// <summary>Releases values of an incident to the host above: through the gate, with the releaser's name in the ledger of what left. There is no way back.</summary>
/// <param name="Id">The incident.</param>
/// <param name="Values">Identities of values that were chosen.</param>
/// <param name="Figures">Counts and times go along.</param>
internal sealed record ReleaseIncident(Guid Id, IReadOnlyList<string> Values, bool Figures) : ICommand<Done>, INeeds<IncidentsRelease>;

file sealed class Validator : AbstractValidator<ReleaseIncident>
{
    public Validator() => RuleFor(r => r.Values).NotNull().Must(v => v.Count <= 300).WithMessage("There are never so many values.");
}

file sealed class PreviewValidator : AbstractValidator<PreviewRelease>
{
    public PreviewValidator() => RuleFor(r => r.Values).NotNull().Must(v => v.Count <= 300).WithMessage("There are never so many values.");
}

file sealed class Handler(IncidentsDb db, ReleaseFacts facts, IEgress egress, IncidentDesk desk, CurrentActor current, TimeProvider clock)
    : IQueryHandler<DescribeRelease, ReleaseView>, IQueryHandler<PreviewRelease, ReleasePreview>, ICommandHandler<ReleaseIncident, Done>
{
    public async Task<Result<ReleaseView>> Handle(DescribeRelease request, CancellationToken ct)
    {
        var offer = await Offer(request.Id, ct);
        return offer.Error is { } error ? error : new ReleaseView(offer.Value.Values, offer.Value.Figures);
    }

    public async Task<Result<ReleasePreview>> Handle(PreviewRelease request, CancellationToken ct)
    {
        var made = await Make(request.Id, request.Values, request.Figures, ct);
        return made.Error is { } error ? error : new ReleasePreview(ReadMessage.Fields(made.Value), made.Value.CalculateSize());
    }

    public async Task<Result<Done>> Handle(ReleaseIncident request, CancellationToken ct)
    {
        // By hand means by a hand: no token, no playbook, and nobody of the operator's through the tunnel.
        if (current.Actor.Kind != ActorKind.Person) return IncidentErrors.OnlyPeopleRelease;
        var made = await Make(request.Id, request.Values, request.Figures, ct);
        if (made.Error is { } error) return error;
        var verdict = await egress.Release(made.Value, current.Actor.Name, ct);
        if (verdict.Outcome != EgressOutcome.Sent) return IncidentErrors.ReleaseRefused.With("reason", verdict.Reason ?? verdict.Outcome.ToString()).With("field", verdict.Field ?? "-");
        using var turn = await desk.Enter(ct);
        var incident = await db.Incidents.FirstAsync(i => i.Id == request.Id, ct);
        incident.UpdatedAt = clock.GetUtcNow();
        db.Add(Entries.Of(incident.Id, incident.UpdatedAt, "released-up", current.Actor.Name, ("values", request.Values.Count), ("bytes", made.Value.CalculateSize())));
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    private async Task<Result<IncidentRelease>> Make(Guid id, IReadOnlyList<string> values, bool figures, CancellationToken ct)
    {
        var offer = await Offer(id, ct);
        if (offer.Error is { } error) return error;
        if (values.Count == 0 && !figures) return IncidentErrors.NothingToRelease;
        var free = offer.Value.Values.Where(v => v.Stays is null).Select(v => v.Id).ToHashSet(StringComparer.Ordinal);
        if (values.FirstOrDefault(v => !free.Contains(v)) is { } stranger) return IncidentErrors.NotOfTheIncident.With("value", stranger.Length > 100 ? stranger[..100] : stranger);
        return ReleaseFacts.Message(offer.Value, values.ToHashSet(StringComparer.Ordinal), figures, clock.GetUtcNow());
    }

    private async Task<Result<ReleaseOffer>> Offer(Guid id, CancellationToken ct)
    {
        if (await db.Incidents.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) is not { } incident) return IncidentErrors.NoSuchIncident;
        if (!await egress.MayRelease(ct)) return IncidentErrors.ReleasesOff;
        return await facts.Of(incident, ct);
    }
}
