using System.Globalization;
using Juming.Platform.Access;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Blocks addresses on devices that have nothing but a web page, for the block list.</summary>
internal sealed class ConsoleBlocks(LinkageDb db, RecipeShelf shelf, RecipeCache cache, RunDesk desk, IProtectedAddresses protectedAddresses, CurrentActor current)
{
    public const string Capability = "block-ip";
    private static readonly Dictionary<string, string> NoDetail = [];

    public async Task<IReadOnlyList<BlockDevice>> Devices(CancellationToken ct)
    {
        var rows = await db.Devices.AsNoTracking().OrderBy(d => d.Name).ToListAsync(ct);
        var recipes = await shelf.Approved(ct);
        return [.. rows.Select(d => new BlockDevice(d.Id, d.Name, d.DeviceGroup, d.Capacity, desk.Unable(d) ?? (RecipeShelf.Capabilities(recipes, d).Contains(Capability) ? null : "no-recipe")))];
    }

    public async Task<BlockOutcome> Block(BlockOrder order, CancellationToken ct)
    {
        // Before a browser is even opened; the run asks once more right before it presses.
        var check = await protectedAddresses.Check(order.Target, ct);
        if (check.Refusal is { } refusal || check.Target is null) return Refused(check.Refusal ?? "unreadable", "entry", check.Entry ?? order.Target);
        return await Do(order with { Target = check.Target }, RunKind.Recipe, ct);
    }

    public Task<BlockOutcome> Unblock(BlockOrder order, CancellationToken ct) => Do(order, RunKind.Inverse, ct);

    public Task<BlockOutcome> Look(BlockOrder order, CancellationToken ct) => Do(order, RunKind.Look, ct);

    /// <summary>One reading of the device's list for many targets; null where it can't be read this way.</summary>
    public async Task<BlockSurvey?> Survey(Guid id, IReadOnlyList<string> targets, CancellationToken ct)
    {
        var device = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct);
        if (device is null || await shelf.For(device, Capability, ct) is not { } row || cache.Of(row) is not { } recipe) return null;
        var (inputs, wrong) = RunValues.Complete(recipe, new Dictionary<string, string> { ["ip"] = targets[0] });
        if (wrong is not null) return null;
        var report = await desk.Run(new RunWish(id, RunKind.Look, current.Actor) { Recipe = row, Steps = recipe, Capability = Capability, Inputs = inputs, Targets = targets }, ct);
        return report.Failure is null ? new BlockSurvey(report.Standing, report.Run) : null;
    }

    private async Task<BlockOutcome> Do(BlockOrder order, RunKind kind, CancellationToken ct)
    {
        var device = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == order.Device, ct);
        if (device is null) return Refused("no-device", "device", order.Device.ToString());
        var row = await shelf.For(device, Capability, ct);
        if (row is null || cache.Of(row) is not { } recipe) return Refused("no-recipe", "device", device.Name);
        var key = kind == RunKind.Look || order.Rehearsal ? null : $"{kind}:{order.Key}";
        if (key is not null && await Before(device.Id, key, order, ct) is { } settled) return settled;
        var (inputs, wrong) = RunValues.Complete(recipe, Inputs(order));
        if (wrong is not null) return Refused("invalid-input", "input", wrong);
        var report = await desk.Run(new RunWish(device.Id, kind, current.Actor) { Recipe = row, Steps = recipe, Capability = Capability, Inputs = inputs, Key = key, Rehearsal = order.Rehearsal }, ct);
        return Outcome(report);
    }

    /// <summary>What an earlier order with the same key came to: a finished one is not repeated, a broken-off one is settled by looking.</summary>
    private async Task<BlockOutcome?> Before(Guid device, string key, BlockOrder order, CancellationToken ct)
    {
        var earlier = await db.Runs.AsNoTracking().Where(r => r.DeviceId == device && r.EffectKey == key).OrderByDescending(r => r.StartedAt).FirstOrDefaultAsync(ct);
        if (earlier is null) return null;
        var blocks = key.StartsWith("Recipe:", StringComparison.Ordinal);
        if (earlier.State == RunState.Done) return new BlockOutcome(Enum.Parse<BlockReading>(earlier.Reading), earlier.Changed, null, NoDetail, earlier.Id);
        var unsettled = earlier.State == RunState.Acting || (earlier.State == RunState.Failed && earlier.Changed is null);
        if (!unsettled) return null;
        var looked = await Look(order, ct);
        // Only what is seen not to have come about may be done again; as long as nothing can be seen, nothing is.
        if (looked.Reading == (blocks ? BlockReading.Present : BlockReading.Absent)) return looked with { Changed = null };
        return looked.Reading == BlockReading.Unknown ? looked with { Changed = null, Failure = looked.Failure ?? "unsettled" } : null;
    }

    private static BlockOutcome Outcome(RunReport report)
    {
        var reading = report.Present switch { true => BlockReading.Present, false => BlockReading.Absent, null => BlockReading.Unknown };
        var detail = report.Failure is null ? NoDetail : new Dictionary<string, string> { ["step"] = report.Step ?? "", ["said"] = report.Detail };
        return new BlockOutcome(reading, report.Changed, report.Failure, detail, report.Run);
    }

    private static Dictionary<string, string> Inputs(BlockOrder order)
    {
        var inputs = new Dictionary<string, string> { ["ip"] = order.Target, ["comment"] = order.Comment };
        if (order.Minutes is { } minutes) inputs["minutes"] = minutes.ToString(CultureInfo.InvariantCulture);
        return inputs;
    }

    private static BlockOutcome Refused(string code, string name, string value) => new(BlockReading.Unknown, false, code, new Dictionary<string, string> { [name] = value }, null);
}
