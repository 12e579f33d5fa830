using System.Globalization;
using Juming.Site.Blocking;

namespace Juming.Site.Response.Actions;

/// <summary>Blocks an address by the block list. It is done when it was read back from every device; the list itself knows what must not be blocked.</summary>
internal sealed class BlockAddress(TimeProvider clock, IBlockList? blocks = null) : IResponseAction
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    public ActionSpec Spec { get; } = new()
    {
        Code = "block-ip",
        Group = "network",
        Permission = ResponseWrite.Code,
        Inputs = [new("target", "address", true), new("minutes", "minutes"), new("group", "text"), new("reason", "text")],
        Outputs = ["entry", "until", "target"],
        Changes = true,
        Inverse = "unblock-ip",
        Expires = true,
    };

    public bool IsOffered => blocks is not null;

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var forecast = await blocks!.Foresee(Wish(call), ct);
        var target = forecast.Target ?? call.Of("target");
        if (forecast.Refusal is { } refusal) return new ActionPlan([PlanLine.Of("plan.block-refused", ("target", target), ("refusal", refusal), ("entry", forecast.Entry ?? ""))], refusal, target, refusal == "protected");
        var able = forecast.Devices.Where(d => d.Unable is null).Select(d => d.Name).ToList();
        var lines = new List<PlanLine> { PlanLine.Of(forecast.Already ? "plan.block-again" : "plan.block", ("target", target), ("count", able.Count.ToString(CultureInfo.InvariantCulture)), ("devices", string.Join(", ", able)), ("minutes", ((long)forecast.For.TotalMinutes).ToString(CultureInfo.InvariantCulture))) };
        lines.AddRange(forecast.Devices.Where(d => d.Unable is not null).Select(d => PlanLine.Of("plan.device-unable", ("device", d.Name), ("reason", d.Unable!))));
        return new ActionPlan(lines, able.Count == 0 ? "no-device" : null, target);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        var wanted = await blocks!.Want(Wish(call), ct);
        if (wanted.Error is { } error) return ActionOutcome.Failed(error.Code, evidence: new Dictionary<string, string> { ["refusal"] = error.ToString() });
        return await Standing(wanted.Value, call, ct);
    }

    // The list gives the same entry for the same key, so to want it once more after a broken-off call sets nothing twice.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Guid.TryParse(call.Reference, out var entry) ? Standing(entry, call, ct) : Task.FromResult(ActionOutcome.NotBegun);

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) =>
        Guid.TryParse(call.Reference, out var entry) ? await Lifting.Lift(blocks!, entry, call, clock, ct) : ActionOutcome.NotBegun;

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        // An address of documentation (RFC 5737), which no real traffic bears; nothing is set.
        var forecast = await blocks!.Foresee(new BlockWish { Key = "probe", Target = "203.0.113.77", Reason = "probe", By = "probe" }, ct);
        var able = forecast.Devices.Count(d => d.Unable is null);
        return new ActionPlan([PlanLine.Of("probe.devices", ("able", able.ToString(CultureInfo.InvariantCulture)), ("all", forecast.Devices.Count.ToString(CultureInfo.InvariantCulture))),
            .. forecast.Devices.Where(d => d.Unable is not null).Select(d => PlanLine.Of("plan.device-unable", ("device", d.Name), ("reason", d.Unable!)))], able == 0 ? "no-device" : null);
    }

    private static BlockWish Wish(ActionCall call) => new()
    {
        Key = call.Key,
        Target = call.Of("target"),
        Group = call.Of("group"),
        For = double.TryParse(call.Of("minutes"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= 525_600 ? TimeSpan.FromMinutes(minutes) : null,
        Reason = Cut(call.Of("reason") is { Length: > 0 } reason ? reason : $"{call.RunNumber} {call.Step}"),
        Incident = call.Incident,
        Run = call.Run,
        By = call.By,
        Automatic = call.Automatic,
    };

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500];

    private async Task<ActionOutcome> Standing(Guid entry, ActionCall call, CancellationToken ct)
    {
        if (await blocks!.Look(entry, ct) is not { } standing) return ActionOutcome.Failed("no-entry");
        var evidence = Lifting.Evidence(standing);
        var now = clock.GetUtcNow();
        // One device that fails ends nothing while others are still being driven: what became of each is part of the outcome.
        var underWay = standing.Devices.Any(d => d.State is BlockState.Wanted or BlockState.Applying or BlockState.Set or BlockState.Unknown);
        return standing.State switch
        {
            BlockState.Verified => ActionOutcome.Done(new Dictionary<string, string> { ["entry"] = entry.ToString(), ["until"] = standing.Until.ToString("O", CultureInfo.InvariantCulture), ["target"] = call.Of("target") }, evidence, entry.ToString()),
            BlockState.Failed when !underWay => ActionOutcome.Failed(standing.Devices.Select(d => d.Failure).FirstOrDefault(f => f is not null) ?? "not-set", evidence: evidence) with { Reference = entry.ToString() },
            BlockState.Drifted or BlockState.Expired or BlockState.Removed or BlockState.RemoveFailed => ActionOutcome.Failed("no-longer-set", evidence: evidence) with { Reference = entry.ToString() },
            _ when now - call.Began > Longest => ActionOutcome.Failed("not-verified", evidence: evidence) with { Reference = entry.ToString() },
            _ => ActionOutcome.Pending(entry.ToString(), now + BetweenLooks, "block." + standing.State, evidence),
        };
    }
}
