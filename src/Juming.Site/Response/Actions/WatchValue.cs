using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Site.Watching;

namespace Juming.Site.Response.Actions;

/// <summary>Puts a value on the watch list, so that it is marked wherever it turns up; it ends by itself.</summary>
internal sealed class WatchValue(TimeProvider clock, IWatchList? list = null) : IResponseAction
{
    private const int UsualDays = 30;
    private const int MostMinutes = 527_040;

    public ActionSpec Spec { get; } = new()
    {
        Code = "watch",
        Group = "look",
        Permission = WatchingWrite.Code,
        Inputs = [new("kind", "choice", true, "address", "host", "account"), new("value", "text", true), new("reason", "text", true), new("minutes", "minutes")],
        Outputs = ["value", "until"],
        Changes = true,
        Inverse = "unwatch",
        Expires = true,
    };

    public bool IsOffered => list is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        if (WatchInputs.Read(list!, call) is not { } value) return Task.FromResult(new ActionPlan([PlanLine.Of("plan.watch-unreadable", ("value", call.Of("value")))], "bad-watch"));
        var refusal = Until(call) is null ? "bad-input" : null;
        return Task.FromResult(new ActionPlan([PlanLine.Of("plan.watch", ("value", value), ("until", Until(call)?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "-"), ("reason", call.Of("reason")))], refusal));
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (WatchInputs.Read(list!, call) is not { } value) return ActionOutcome.Failed("bad-watch");
        if (Until(call) is not { } until) return ActionOutcome.Failed("bad-input");
        var made = await list!.Add(new WatchWish { Key = call.Key, Kind = WatchInputs.KindOf(call)!.Value, Value = value, Reason = WatchInputs.OneLine(call.Of("reason")), Incident = call.IncidentNumber, Until = until }, RunActor.Of(call, WatchingWrite.Code), ct);
        return made.Error is { } error ? ActionOutcome.Failed(error.Code, evidence: new Dictionary<string, string> { ["refusal"] = error.ToString() }) : await Settle(call, ct);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        if (await list!.Look(call.Key, ct) is not { } standing) return ActionOutcome.NotBegun;
        var told = new Dictionary<string, string> { ["value"] = standing.Value, ["until"] = standing.Until?.ToString("O", CultureInfo.InvariantCulture) ?? "" };
        return ActionOutcome.Done(told, told, standing.Id.ToString());
    }

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) => RunActor.Outcome(await list!.End(call.Key, RunActor.Of(call, WatchingWrite.Code), ct));

    /// <summary>Counted from when the step began, so that a second try ends at the same time; null when the minutes can't be read.</summary>
    private DateTimeOffset? Until(ActionCall call)
    {
        if (call.Of("minutes").Length == 0) return call.Began.AddDays(UsualDays);
        if (!int.TryParse(call.Of("minutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 1 or > MostMinutes) return null;
        var until = call.Began.AddMinutes(minutes);
        return until > clock.GetUtcNow() ? until : clock.GetUtcNow().AddMinutes(1);
    }
}

/// <summary>Takes a value off the watch list; taken back, what it ended lasts again.</summary>
internal sealed class UnwatchValue(IWatchList? list = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new()
    {
        Code = "unwatch",
        Group = "look",
        Permission = WatchingWrite.Code,
        Inputs = [new("kind", "choice", true, "address", "host", "account"), new("value", "text", true)],
        Outputs = ["value"],
        Changes = true,
        Inverse = "watch",
    };

    public bool IsOffered => list is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(WatchInputs.Read(list!, call) is { } value
        ? ActionPlan.Of(IsWatched(value) ? "plan.unwatch" : "plan.unwatch-nothing", ("value", value))
        : new ActionPlan([PlanLine.Of("plan.watch-unreadable", ("value", call.Of("value")))], "bad-watch"));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (WatchInputs.Read(list!, call) is not { } value) return ActionOutcome.Failed("bad-watch");
        var ended = await list!.EndAll(WatchInputs.KindOf(call)!.Value, value, call.Key, RunActor.Of(call, WatchingWrite.Code), ct);
        if (ended.Error is { } error) return ActionOutcome.Failed(error.Code);
        return ActionOutcome.Done(new Dictionary<string, string> { ["value"] = value }, new Dictionary<string, string> { ["value"] = value, ["ended"] = ended.Value.ToString(CultureInfo.InvariantCulture) }, value);
    }

    // Ending what has ended changes nothing more, and what the first try ended bears its key.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Act(call, ct);

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct)
    {
        var resumed = await list!.Resume(call.Key, RunActor.Of(call, WatchingWrite.Code), ct);
        return resumed.Error is { } error ? ActionOutcome.Failed(error.Code) : ActionOutcome.Done(evidence: new Dictionary<string, string> { ["resumed"] = resumed.Value.ToString(CultureInfo.InvariantCulture) });
    }

    private bool IsWatched(string value) => list!.Find(value)?.Value == value;
}

/// <summary>Reads what both are given.</summary>
internal static class WatchInputs
{
    private const int MostReason = 500;

    public static WatchKind? KindOf(ActionCall call) => call.Of("kind") switch { "address" => WatchKind.Address, "host" => WatchKind.Host, "account" => WatchKind.Account, _ => null };

    /// <summary>The value as it is stored; null when it is none of its kind.</summary>
    public static string? Read(IWatchList list, ActionCall call) => KindOf(call) is { } kind ? list.Read(kind, call.Of("value")) : null;

    /// <summary>A reason may come from a log.</summary>
    public static string OneLine(string text) => string.Concat(text.Take(MostReason).Select(l => char.IsControl(l) ? ' ' : l));
}
