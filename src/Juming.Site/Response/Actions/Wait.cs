using System.Globalization;

namespace Juming.Site.Response.Actions;

/// <summary>Waits. The time counts from when the step began, also over a restart.</summary>
internal sealed class Wait(TimeProvider clock) : IResponseAction
{
    public ActionSpec Spec { get; } = new() { Code = "wait", Group = "flow", Permission = ResponseWrite.Code, Inputs = [new("minutes", "minutes", true)] };

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("plan.wait", ("minutes", call.Of("minutes"))));

    public Task<ActionOutcome> Act(ActionCall call, CancellationToken ct) => Settle(call, ct);

    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        if (!double.TryParse(call.Of("minutes"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) || minutes is < 0 or > 527_040) return Task.FromResult(ActionOutcome.Failed("bad-input"));
        var until = call.Began + TimeSpan.FromMinutes(minutes);
        return Task.FromResult(until <= clock.GetUtcNow() ? ActionOutcome.Done() : ActionOutcome.Pending("", until, "waits"));
    }
}
