using Juming.Site.Blocking;
using Juming.Site.Response.Runs;

namespace Juming.Site.Response.Actions;

/// <summary>Takes a block away from all its devices; done when it was read back that it is gone.</summary>
internal sealed class UnblockAddress(TimeProvider clock, IBlockList? blocks = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new() { Code = "unblock-ip", Group = "network", Permission = ResponseWrite.Code, Inputs = [new("entry", "text", true), new("reason", "text")], Changes = true };

    public bool IsOffered => blocks is not null;

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        if (!Guid.TryParse(call.Of("entry"), out var entry)) return ActionPlan.Of("plan.unblock-later");
        return await blocks!.Look(entry, ct) is { } standing ? ActionPlan.Of("plan.unblock", ("devices", string.Join(", ", standing.Devices.Select(d => d.Name)))) : new ActionPlan([PlanLine.Of("plan.unblock-nothing")], "no-entry");
    }

    public Task<ActionOutcome> Act(ActionCall call, CancellationToken ct) => Settle(call, ct);

    // To lift what is being lifted changes nothing, so looking and doing are one.
    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
        Guid.TryParse(call.Of("entry"), out var entry) ? await Lifting.Lift(blocks!, entry, call, clock, ct) : ActionOutcome.Failed("no-entry");
}

/// <summary>Lifts an entry of the block list and waits until it is read back that it is gone.</summary>
internal static class Lifting
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    public static async Task<ActionOutcome> Lift(IBlockList blocks, Guid entry, ActionCall call, TimeProvider clock, CancellationToken ct)
    {
        if (await blocks.Look(entry, ct) is not { } standing) return ActionOutcome.Failed("no-entry");
        if (standing.State == BlockState.Removed) return ActionOutcome.Done(evidence: Evidence(standing), reference: entry.ToString());
        if (standing.State == BlockState.RemoveFailed) return ActionOutcome.Failed("remove-failed", evidence: Evidence(standing));
        if (standing.State != BlockState.Expired && (await blocks.Lift(entry, call.RunNumber, call.By, ct)).Error is { } error) return ActionOutcome.Failed(error.Code, evidence: Evidence(standing));
        return ActionOutcome.Pending(entry.ToString(), clock.GetUtcNow() + BetweenLooks, "block." + standing.State, Evidence(standing));
    }

    public static Dictionary<string, string> Evidence(BlockStanding standing)
    {
        var evidence = new Dictionary<string, string> { ["state"] = standing.State.ToString() };
        foreach (var device in standing.Devices.Take(50)) evidence[device.Name] = device.Failure is { } failure ? $"{device.State}: {failure}" : device.State.ToString();
        foreach (var device in standing.Devices.Take(50)) if (device.Run is { } run) evidence[ListFilms.Mark + device.Name] = run.ToString();
        return evidence;
    }
}
