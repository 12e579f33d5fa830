using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Tickets.Work;

/// <summary>Changes a ticket; what is null stays as it is.</summary>
internal sealed record ChangeTicket(Guid Id, long Version) : ICommand<Done>, INeeds<TicketsWrite>
{
    /// <summary>How far it is.</summary>
    public TicketState? State { get; init; }

    /// <summary>Name of who is to do it; empty for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>How much it presses.</summary>
    public TicketPriority? Priority { get; init; }

    /// <summary>Until when.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What was done or found; joins the story.</summary>
    public string? Note { get; init; }
}

/// <summary>Cancels the ticket that an effect opened while nobody has begun with it.</summary>
internal sealed record TakeTicketBack(string Key) : ICommand<Done>, INeeds<TicketsWrite>;

file sealed class Validator : AbstractValidator<ChangeTicket>
{
    public Validator()
    {
        RuleFor(c => c.State).IsInEnum();
        RuleFor(c => c.Priority).IsInEnum();
        RuleFor(c => c.Assignee).MaximumLength(200);
        RuleFor(c => c.Note).MaximumLength(8000);
    }
}

file sealed class Handler(TicketsDb db, TicketTurn turn, IPeople people, CurrentActor current, TimeProvider clock) : ICommandHandler<ChangeTicket, Done>, ICommandHandler<TakeTicketBack, Done>
{
    public async Task<Result<Done>> Handle(ChangeTicket request, CancellationToken cancellationToken)
    {
        // One at a time, so that of two changes made on the same version the second is told so.
        using var held = await turn.Enter(cancellationToken);
        if (await db.Tickets.FirstOrDefaultAsync(t => t.Id == request.Id, cancellationToken) is not { } row) return TicketErrors.NoSuchTicket;
        // A note takes nothing from anybody: it joins the story whatever else happened meanwhile.
        if (request is { State: null, Assignee: null, Priority: null, DueAt: null }) return await Note(row, request.Note, cancellationToken);
        if (row.Version != request.Version) return TicketErrors.ChangedMeanwhile.With("by", row.ChangedBy);
        if (request.State is { } to && to != row.State)
        {
            if (!row.MayBecome(to)) return TicketErrors.NoSuchMove.With("from", row.State.ToString()).With("to", to.ToString());
            row.State = to;
            Tell(row, "state", to.ToString());
        }
        if (request.Assignee?.Trim() is { } name && name != row.Assignee)
        {
            if (name.Length > 0 && !await TicketBook.CanWork(people, name, cancellationToken)) return TicketErrors.NoSuchPerson.With("name", name);
            row.Assignee = name;
            Tell(row, "assignee", name);
        }
        if (request.DueAt is { } due && due != row.DueAt)
        {
            if (due <= clock.GetUtcNow()) return TicketErrors.InThePast;
            row.DueAt = due;
            Tell(row, "due", due.ToString("O", CultureInfo.InvariantCulture));
        }
        if (request.Priority is { } priority) row.Priority = priority;
        if (request.Note?.Trim() is { Length: > 0 } note) Tell(row, "note", note);
        await Save(row, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(TakeTicketBack request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Tickets.FirstOrDefaultAsync(t => t.Key == request.Key, cancellationToken) is not { } row) return Done.Value;
        if (row.State == TicketState.Cancelled) return Done.Value;
        if (row.State != TicketState.Open || await db.Notes.AnyAsync(n => n.TicketId == row.Id && n.Kind == "note", cancellationToken)) return TicketErrors.BegunAlready.With("number", row.ShortNumber);
        row.State = TicketState.Cancelled;
        Tell(row, "state", row.State.ToString());
        await Save(row, cancellationToken);
        return Done.Value;
    }

    private async Task<Result<Done>> Note(TicketRow row, string? note, CancellationToken ct)
    {
        if (note?.Trim() is { Length: > 0 } text) Tell(row, "note", text);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    private void Tell(TicketRow row, string kind, string text) => db.Add(new NoteRow { TicketId = row.Id, Kind = kind, Text = text, By = current.Actor.Name, At = clock.GetUtcNow() });

    private Task Save(TicketRow row, CancellationToken ct)
    {
        (row.ChangedBy, row.ChangedAt, row.Version) = (current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
        return db.SaveChangesAsync(ct);
    }
}
