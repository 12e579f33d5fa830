using System.Text.Json.Serialization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Tickets;

/// <summary>Opens tickets for other modules and tells how they stand.</summary>
public interface ITickets
{
    /// <summary>Opens a ticket. The same key again opens none and answers the same.</summary>
    Task<Result<TicketStanding>> Open(TicketWish wish, Actor by, CancellationToken ct);

    /// <summary>The ticket that a key opened; null when it opened none.</summary>
    Task<TicketStanding?> Look(string key, CancellationToken ct);

    /// <summary>Cancels the ticket that a key opened while nobody has begun with it.</summary>
    Task<Result<Done>> TakeBack(string key, Actor by, CancellationToken ct);

    /// <summary>Whether somebody of this name may be given tickets.</summary>
    Task<bool> CanWork(string name, CancellationToken ct);
}

/// <summary>How far the work is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum TicketState
{
    /// <summary>Nobody has begun.</summary>
    Open,

    /// <summary>Somebody works on it.</summary>
    Started,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It will not be done.</summary>
    Cancelled,
}

/// <summary>How much it presses.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum TicketPriority
{
    /// <summary>When there is time.</summary>
    Low,

    /// <summary>In its turn.</summary>
    Normal,

    /// <summary>Before others.</summary>
    High,
}

/// <summary>A wish for work.</summary>
public sealed record TicketWish
{
    /// <summary>Key of the effect, at most 100 characters.</summary>
    public required string Key { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be done.</summary>
    public string Details { get; init; } = "";

    /// <summary>Name of who is to do it; empty for nobody yet.</summary>
    public string Assignee { get; init; } = "";

    /// <summary>How much it presses.</summary>
    public TicketPriority Priority { get; init; } = TicketPriority.Normal;

    /// <summary>Until when; null for no time.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Short number of the incident; empty for none.</summary>
    public string Incident { get; init; } = "";
}

/// <summary>How a ticket stands.</summary>
public sealed record TicketStanding(Guid Id, string Number, TicketState State, string Assignee);
