using System.Globalization;
using Juming.Site.Tickets;

namespace Juming.Site.Response.Actions;

/// <summary>Opens a ticket for people. Taken back, it is cancelled while nobody has begun with it; afterwards it is theirs.</summary>
internal sealed class CreateTicket(TimeProvider clock, ITickets? tickets = null) : IResponseAction
{
    private const int MostTitle = 200;
    private const int MostDetails = 8000;
    private const int MostMinutes = 527_040;

    public ActionSpec Spec { get; } = new()
    {
        Code = "create-ticket",
        Group = "people",
        Permission = TicketsWrite.Code,
        Inputs = [new("title", "text", true), new("details", "long-text"), new("assignee", "text"), new("priority", "choice", false, "low", "normal", "high"), new("minutes", "minutes")],
        Outputs = ["ticket"],
        Changes = true,
        Inverse = "cancel-ticket",
    };

    public bool IsOffered => tickets is not null;

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var refusal = await Refusal(call, ct);
        return new ActionPlan([PlanLine.Of("plan.ticket", ("title", TitleOf(call)), ("assignee", call.Of("assignee") is { Length: > 0 } name ? name : "-"), ("minutes", call.Of("minutes") is { Length: > 0 } minutes ? minutes : "-"))], refusal);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (await Refusal(call, ct) is { } refusal) return ActionOutcome.Failed(refusal);
        var wish = new TicketWish
        {
            Key = call.Key,
            Title = TitleOf(call),
            Details = call.Of("details") is { Length: > MostDetails } details ? details[..MostDetails] : call.Of("details"),
            Assignee = call.Of("assignee"),
            Priority = Enum.TryParse<TicketPriority>(call.Of("priority"), ignoreCase: true, out var priority) ? priority : TicketPriority.Normal,
            DueAt = DueAt(call),
            Incident = call.IncidentNumber,
        };
        var opened = await tickets!.Open(wish, RunActor.Of(call, TicketsWrite.Code), ct);
        return opened.Error is { } error ? ActionOutcome.Failed(error.Code, evidence: new Dictionary<string, string> { ["refusal"] = error.ToString() }) : Told(opened.Value);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => await tickets!.Look(call.Key, ct) is { } standing ? Told(standing) : ActionOutcome.NotBegun;

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) => RunActor.Outcome(await tickets!.TakeBack(call.Key, RunActor.Of(call, TicketsWrite.Code), ct));

    private static ActionOutcome Told(TicketStanding standing) =>
        ActionOutcome.Done(new Dictionary<string, string> { ["ticket"] = standing.Number }, new Dictionary<string, string> { ["ticket"] = standing.Number, ["state"] = standing.State.ToString(), ["assignee"] = standing.Assignee }, standing.Number);

    /// <summary>A title may come from a log.</summary>
    private static string TitleOf(ActionCall call) => string.Concat(call.Of("title").Take(MostTitle).Select(l => char.IsControl(l) ? ' ' : l)).Trim();

    private async Task<string?> Refusal(ActionCall call, CancellationToken ct)
    {
        if (TitleOf(call).Length == 0 || (call.Of("minutes").Length > 0 && DueAt(call) is null)) return "bad-input";
        return call.Of("assignee") is { Length: > 0 } name && !await tickets!.CanWork(name, ct) ? "no-such-person" : null;
    }

    private DateTimeOffset? DueAt(ActionCall call)
    {
        if (!int.TryParse(call.Of("minutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 1 or > MostMinutes) return null;
        var due = call.Began.AddMinutes(minutes);
        return due > clock.GetUtcNow() ? due : clock.GetUtcNow().AddMinutes(1);
    }
}
