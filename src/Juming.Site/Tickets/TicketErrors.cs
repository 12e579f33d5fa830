using Juming.Platform.Handlers;

namespace Juming.Site.Tickets;

/// <summary>Every refusal of tickets.</summary>
internal static class TicketErrors
{
    public static readonly Error NoSuchTicket = new(ErrorKind.NotFound, "tickets.no-such-ticket", "There is no ticket with this identity or number.");
    public static readonly Error NoSuchPerson = new(ErrorKind.Invalid, "tickets.no-such-person", "{name} is no account in use that may work on tickets.", Field: "Assignee");
    public static readonly Error InThePast = new(ErrorKind.Invalid, "tickets.in-the-past", "The time until which it is to be done must lie ahead.", Field: "DueAt");
    public static readonly Error NoSuchMove = new(ErrorKind.Conflict, "tickets.no-such-move", "A ticket that is {from} can't become {to}.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "tickets.changed-meanwhile", "{by} changed this ticket meanwhile; look at it again, then decide.");
    public static readonly Error BegunAlready = new(ErrorKind.Conflict, "tickets.begun-already", "{number} is in somebody's hands already; it is not taken back.");
}
