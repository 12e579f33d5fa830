using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Tickets.Work;

/// <summary>Finds tickets: what is due first comes first, those without a time last.</summary>
internal sealed record ListTickets : IQuery<TicketPage>, INeeds<TicketsRead>
{
    /// <summary>Part of a title, name or incident; or a short number.</summary>
    public string? Text { get; init; }

    /// <summary>Which of them.</summary>
    public TicketView View { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One ticket with its story, by identity or short number.</summary>
internal sealed record GetTicket(string Ticket) : IQuery<TicketDossier>, INeeds<TicketsRead>;

/// <summary>Names of people who may be given tickets.</summary>
internal sealed record ListWorkers : IQuery<IReadOnlyList<string>>, INeeds<TicketsRead>;

/// <summary>Which tickets.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum TicketView
{
    /// <summary>Neither done nor cancelled.</summary>
    Pending,

    /// <summary>Those of the person who asks.</summary>
    Mine,

    /// <summary>Pending ones whose time has passed.</summary>
    Overdue,

    /// <summary>Done or cancelled.</summary>
    Closed,
}

/// <summary>A ticket in a list.</summary>
public sealed record TicketBrief(Guid Id, string Number, string Title, TicketState State, TicketPriority Priority, string Assignee, string Incident, string OpenedBy, DateTimeOffset OpenedAt, DateTimeOffset? DueAt, bool IsOverdue, long Version);

/// <summary>A line of its story; the text of kind "state" is a state, of "due" an instant.</summary>
public sealed record TicketNote(string Kind, string Text, string By, DateTimeOffset At);

/// <summary>Tickets, and how many there are.</summary>
internal sealed record TicketPage(IReadOnlyList<TicketBrief> Items, int Total);

/// <summary>A ticket with its story, the oldest line first.</summary>
internal sealed record TicketDossier(TicketBrief Brief, string Details, IReadOnlyList<TicketNote> Notes);

file sealed class Validator : AbstractValidator<ListTickets>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.View).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(TicketsDb db, IPeople people, CurrentActor current, TimeProvider clock) : IQueryHandler<ListTickets, TicketPage>, IQueryHandler<GetTicket, TicketDossier>, IQueryHandler<ListWorkers, IReadOnlyList<string>>
{
    private const int MostNotes = 500;

    public async Task<Result<TicketPage>> Handle(ListTickets request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var name = current.Actor.Name;
        var pending = db.Tickets.Where(t => t.State == TicketState.Open || t.State == TicketState.Started);
        var found = request.View switch
        {
            TicketView.Mine => pending.Where(t => t.Assignee == name),
            TicketView.Overdue => pending.Where(t => t.DueAt < now),
            TicketView.Closed => db.Tickets.Where(t => t.State == TicketState.Done || t.State == TicketState.Cancelled),
            _ => pending,
        };
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var named = (await TicketBook.Named(db, text, cancellationToken))?.Id;
            var part = "%" + text.ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            found = found.Where(t => t.Id == named || EF.Functions.Like(t.Title.ToLower(), part, "\\") || EF.Functions.Like(t.Assignee.ToLower(), part, "\\") || EF.Functions.Like(t.Incident.ToLower(), part, "\\"));
        }
        var ordered = request.View == TicketView.Closed ? found.OrderByDescending(t => t.ChangedAt) : found.OrderBy(t => t.DueAt == null).ThenBy(t => t.DueAt).ThenByDescending(t => t.Priority);
        var rows = await ordered.ThenByDescending(t => t.Id).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        return new TicketPage(rows.ConvertAll(r => Brief(r, now)), await found.CountAsync(cancellationToken));
    }

    public async Task<Result<TicketDossier>> Handle(GetTicket request, CancellationToken cancellationToken)
    {
        if (await TicketBook.Named(db, request.Ticket, cancellationToken) is not { } row) return TicketErrors.NoSuchTicket;
        var notes = await db.Notes.AsNoTracking().Where(n => n.TicketId == row.Id).OrderByDescending(n => n.At).ThenByDescending(n => n.Id).Take(MostNotes).ToListAsync(cancellationToken);
        notes.Reverse();
        return new TicketDossier(Brief(row, clock.GetUtcNow()), row.Details, notes.ConvertAll(n => new TicketNote(n.Kind, n.Text, n.By, n.At)));
    }

    public async Task<Result<IReadOnlyList<string>>> Handle(ListWorkers request, CancellationToken cancellationToken) =>
        Result<IReadOnlyList<string>>.Of([.. (await people.Holding(TicketsWrite.Code, cancellationToken)).Select(p => p.Name)]);

    private static TicketBrief Brief(TicketRow row, DateTimeOffset now) =>
        new(row.Id, row.ShortNumber, row.Title, row.State, row.Priority, row.Assignee, row.Incident, row.OpenedBy, row.OpenedAt, row.DueAt, row.State is TicketState.Open or TicketState.Started && row.DueAt < now, row.Version);
}
