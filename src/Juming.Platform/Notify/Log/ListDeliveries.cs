using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Notify.Posting;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Log;

/// <summary>Messages, the latest first.</summary>
internal sealed record ListDeliveries(Guid? Channel, DeliveryState? State, int Skip = 0, int Take = 50) : IQuery<DeliveryPage>, INeeds<NotifyRead>;

/// <summary>A page of them.</summary>
internal sealed record DeliveryPage(IReadOnlyList<DeliveryView> Items, int Total);

/// <summary>A message. Its notice is named by its code: what it told is for those whom it concerned.</summary>
internal sealed record DeliveryView(Guid Id, string Code, string Name, NoticeWeight Weight, string Channel, string? Person, int Step, DeliveryState State, int Attempts, DateTimeOffset PlannedAt, DateTimeOffset DueAt, DateTimeOffset? TriedAt, DateTimeOffset? SentAt, string? Failure, string? Detail, string? Reference, string? CardFailure);

/// <summary>Sends again what was given up.</summary>
internal sealed record RetryDelivery(Guid Id) : ICommand<Done>, INeeds<NotifyWrite>;

file sealed class Validator : AbstractValidator<ListDeliveries>
{
    public Validator()
    {
        RuleFor(d => d.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(d => d.Take).InclusiveBetween(1, 200);
    }
}

file sealed class ListHandler(NotifyDb db, NoticeBook book, IPeople directory) : IQueryHandler<ListDeliveries, DeliveryPage>
{
    public async Task<Result<DeliveryPage>> Handle(ListDeliveries request, CancellationToken ct)
    {
        var fitting = db.Deliveries.AsNoTracking().Where(d => (request.Channel == null || d.ChannelId == request.Channel) && (request.State == null || d.State == request.State));
        var rows = await (from d in fitting
                          join n in db.Notices on d.NoticeId equals n.Id
                          join c in db.Channels on d.ChannelId equals c.Id into channels
                          from c in channels.DefaultIfEmpty()
                          orderby d.PlannedAt descending, d.Id descending
                          select new { Row = d, n.Code, Channel = c == null ? "" : c.Name }).Skip(request.Skip).Take(request.Take).ToListAsync(ct);
        var ids = rows.ConvertAll(r => r.Row.Id);
        var cards = (await db.Cards.AsNoTracking().Where(c => ids.Contains(c.DeliveryId) && c.Failure != null).Select(c => new { c.DeliveryId, c.Failure }).ToListAsync(ct)).ToLookup(c => c.DeliveryId, c => c.Failure);
        var people = (await directory.Active(ct)).ToDictionary(p => p.Id, p => p.Name);
        return new DeliveryPage([.. rows.Select(r => View(r.Row, r.Code, r.Channel, people, cards[r.Row.Id].FirstOrDefault()))], await fitting.CountAsync(ct));
    }

    private DeliveryView View(DeliveryRow row, string code, string channel, Dictionary<Guid, string> people, string? cardFailure) => new(
        row.Id, code, book.NameOf(code, CultureInfo.CurrentUICulture), (NoticeWeight)row.Weight, channel, row.PersonId is { } person ? people.GetValueOrDefault(person, "–") : null,
        row.Step, row.State, row.Attempts, row.PlannedAt, row.DueAt, row.TriedAt, row.SentAt, row.Failure, row.Detail, row.Reference, cardFailure);
}

file sealed class RetryHandler(NotifyDb db, Wake wake, TimeProvider clock) : ICommandHandler<RetryDelivery, Done>
{
    public async Task<Result<Done>> Handle(RetryDelivery request, CancellationToken ct)
    {
        if (await db.Deliveries.SingleOrDefaultAsync(d => d.Id == request.Id, ct) is not { State: DeliveryState.Dead } row) return NotifyErrors.NotRepeatable;
        (row.State, row.Attempts, row.DueAt) = (DeliveryState.Waiting, 0, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        wake.Up();
        return Done.Value;
    }
}
