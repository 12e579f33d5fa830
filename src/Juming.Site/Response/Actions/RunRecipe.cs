using System.Globalization;
using Juming.Site.DeviceLinkage;
using Juming.Site.Response.Runs;

namespace Juming.Site.Response.Actions;

/// <summary>Runs a recipe on the web console of a registered device. A refused login is never tried again: it might lock the account.</summary>
internal sealed class RunRecipe(IDeviceConsoles? consoles = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new()
    {
        Code = "run-recipe",
        Group = "device",
        Permission = ResponseWrite.Code,
        Inputs = [new("device", "text", true), new("capability", "text", true), new("inputs", "pairs")],
        Outputs = ["run", "output"],
        Changes = true,
        Limit = TimeSpan.FromMinutes(3),
    };

    public bool IsOffered => consoles is not null;

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var capability = call.Of("capability");
        if (await Find(call, ct) is not { } device) return new ActionPlan([PlanLine.Of("plan.no-device", ("device", call.Of("device")))], "no-device");
        if (!device.Capabilities.Contains(capability)) return new ActionPlan([PlanLine.Of("plan.device-cannot", ("device", device.Name), ("capability", capability))], "not-capable");
        return device.Unable is { } unable ? new ActionPlan([PlanLine.Of("plan.device-unable", ("device", device.Name), ("reason", unable))], unable) : ActionPlan.Of("plan.recipe", ("device", device.Name), ("capability", capability));
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (await Find(call, ct) is not { } device) return ActionOutcome.Failed("no-device");
        if (device.Unable is { } unable) return ActionOutcome.Failed(unable);
        return await Drive(consoles!, device, call.Of("capability"), call.Key, Pairs.Read(call.Of("inputs")), ct);
    }

    /// <summary>Runs a recipe on a device and tells what came of it.</summary>
    public static async Task<ActionOutcome> Drive(IDeviceConsoles consoles, ConsoleDevice device, string capability, string key, IReadOnlyDictionary<string, string> inputs, CancellationToken ct)
    {
        var done = await consoles.Run(new RecipeOrder(device.Id, capability, key, inputs), ct);
        var evidence = new Dictionary<string, string>(done.Outputs) { ["verified"] = done.Verified?.ToString() ?? "", ["changed"] = done.Changed?.ToString() ?? "", ["step"] = done.Step ?? "" };
        if (done.Run != Guid.Empty) evidence[ListFilms.Mark + device.Name] = done.Run.ToString();
        if (done.Failure is { } failure)
        {
            if (done.Changed is null) return ActionOutcome.Unknown(failure);
            return ActionOutcome.Failed(failure, mayPass: failure == "unreachable", evidence);
        }
        if (done.Verified == false) return ActionOutcome.Failed("not-verified", evidence: evidence);
        var outputs = new Dictionary<string, string>(done.Outputs) { ["run"] = done.Run.ToString(), ["output"] = string.Join("\n", done.Outputs.Values) };
        return ActionOutcome.Done(outputs, evidence, done.Run.ToString());
    }

    // The console never does the same key twice: asking again tells what became of it.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Task.FromResult(ActionOutcome.NotBegun);

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        var devices = await consoles!.Devices(ct);
        var able = devices.Count(d => d.Unable is null);
        return new ActionPlan([PlanLine.Of("probe.devices", ("able", able.ToString(CultureInfo.InvariantCulture)), ("all", devices.Count.ToString(CultureInfo.InvariantCulture))),
            .. devices.Where(d => d.Unable is not null).Select(d => PlanLine.Of("plan.device-unable", ("device", d.Name), ("reason", d.Unable!)))], able == 0 ? "no-device" : null);
    }

    private Task<ConsoleDevice?> Find(ActionCall call, CancellationToken ct) => Find(consoles!, call.Of("device"), ct);

    /// <summary>A device by identity or name.</summary>
    public static async Task<ConsoleDevice?> Find(IDeviceConsoles consoles, string wanted, CancellationToken ct) =>
        (await consoles.Devices(ct)).FirstOrDefault(d => d.Id.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase) || d.Name == wanted);
}
