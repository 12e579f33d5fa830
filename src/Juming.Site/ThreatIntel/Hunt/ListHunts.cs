using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>Lists searches of stored events, the latest first.</summary>
internal sealed record ListHunts(int Skip = 0, int Take = 50) : IQuery<HuntPage>, INeeds<IntelRead>;

/// <summary>A search of stored events.</summary>
/// <param name="Id">Identity.</param>
/// <param name="IsOwn">For indicators of the site's own.</param>
/// <param name="At">When it was ordered.</param>
/// <param name="From">Receipt from which events are searched.</param>
/// <param name="To">Receipt up to which they are.</param>
/// <param name="Share">How much of that is searched, 0 to 1.</param>
/// <param name="Count">Indicators that are searched for.</param>
/// <param name="First">Some of their values.</param>
/// <param name="LeftOut">New indicators that came with them and are not searched for.</param>
/// <param name="Looked">Events that were searched.</param>
/// <param name="Gone">Events of that time that are no longer stored.</param>
/// <param name="Events">Events that an indicator met.</param>
/// <param name="Alerts">Alerts made.</param>
/// <param name="Cut">Portions that held more than is read; what lies beyond was not held against the indicators.</param>
/// <param name="BegunAt">When it began; null while it waits.</param>
/// <param name="DoneAt">When it ended; null until then.</param>
internal sealed record HuntView(
    Guid Id, bool IsOwn, DateTimeOffset At, DateTimeOffset From, DateTimeOffset To, double Share, int Count, IReadOnlyList<string> First, long LeftOut, long Looked, long Gone, long Events, int Alerts, int Cut, DateTimeOffset? BegunAt, DateTimeOffset? DoneAt);

/// <summary>A page of them, and how many there are.</summary>
internal sealed record HuntPage(IReadOnlyList<HuntView> Items, int Total);

file sealed class Validator : AbstractValidator<ListHunts>
{
    public Validator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(IntelDb db) : IQueryHandler<ListHunts, HuntPage>
{
    private const int MostNamed = 20;

    public async Task<Result<HuntPage>> Handle(ListHunts request, CancellationToken cancellationToken)
    {
        var rows = await db.Hunts.AsNoTracking().OrderByDescending(h => h.At).ThenByDescending(h => h.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new HuntPage(rows.ConvertAll(View), await db.Hunts.CountAsync(cancellationToken));
    }

    private static HuntView View(HuntRow h) => new(h.Id, h.IsOwn, h.At, h.From, h.To, h.DoneAt is null ? Math.Clamp((h.To - h.Reached) / (h.To - h.From), 0, 1) : 1, h.Count,
        [.. HuntOrders.Read(h).Take(MostNamed).Select(i => i.Value)], h.LeftOut, h.Looked, h.Gone, h.Events, h.Alerts, h.Cut, h.BegunAt, h.DoneAt);
}
