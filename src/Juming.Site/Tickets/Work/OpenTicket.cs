using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Tickets.Work;

/// <summary>Opens a ticket. The same key again opens none and answers the same.</summary>
internal sealed record OpenTicket(string Title, string Details) : ICommand<TicketStanding>, INeeds<TicketsWrite>
{
    /// <summary>Name of who is to do it; empty for nobody yet.</summary>
    public string Assignee { get; init; } = "";

    /// <summary>How much it presses.</summary>
    public TicketPriority Priority { get; init; } = TicketPriority.Normal;

    /// <summary>Until when; null for no time.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Short number of the incident; empty for none.</summary>
    public string Incident { get; init; } = "";

    /// <summary>Key of the effect; empty for a person's ticket.</summary>
    public string Key { get; init; } = "";
}

file sealed class Validator : AbstractValidator<OpenTicket>
{
    public Validator()
    {
        RuleFor(c => c.Title).NotEmpty().MaximumLength(200).Must(IsOneLine).WithMessage("A title is one line of at most 200 characters.");
        RuleFor(c => c.Details).NotNull().MaximumLength(8000);
        RuleFor(c => c.Assignee).NotNull().MaximumLength(200);
        RuleFor(c => c.Priority).IsInEnum();
        RuleFor(c => c.Incident).NotNull().MaximumLength(40).Must(IsOneLine);
        RuleFor(c => c.Key).NotNull().MaximumLength(100);
    }

    private static bool IsOneLine(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(TicketsDb db, TicketTurn turn, IPeople people, CurrentActor current, TimeProvider clock) : ICommandHandler<OpenTicket, TicketStanding>
{
    public async Task<Result<TicketStanding>> Handle(OpenTicket request, CancellationToken cancellationToken)
    {
        // One at a time: numbers follow one another, and a key opens one ticket.
        using var held = await turn.Enter(cancellationToken);
        if (request.Key.Length > 0 && await db.Tickets.AsNoTracking().FirstOrDefaultAsync(t => t.Key == request.Key, cancellationToken) is { } there) return TicketBook.Standing(there);
        var now = clock.GetUtcNow();
        if (request.DueAt <= now) return TicketErrors.InThePast;
        var assignee = request.Assignee.Trim();
        if (assignee.Length > 0 && !await TicketBook.CanWork(people, assignee, cancellationToken)) return TicketErrors.NoSuchPerson.With("name", assignee);
        var year = now.Year;
        var last = await db.Tickets.Where(t => t.Year == year).MaxAsync(t => (int?)t.Number, cancellationToken) ?? 0;
        var row = new TicketRow
        {
            Year = year,
            Number = last + 1,
            Title = request.Title.Trim(),
            Details = request.Details.Trim(),
            Priority = request.Priority,
            Assignee = assignee,
            Incident = request.Incident.Trim(),
            Key = request.Key.Length > 0 ? request.Key : null,
            OpenedBy = current.Actor.Name,
            OpenedAt = now,
            DueAt = request.DueAt,
            ChangedBy = current.Actor.Name,
            ChangedAt = now,
        };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return TicketBook.Standing(row);
    }
}
