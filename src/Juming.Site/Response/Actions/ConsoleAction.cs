using System.Globalization;
using System.Net;
using Juming.Site.Assets;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage;

namespace Juming.Site.Response.Actions;

/// <summary>
/// One thing that a device's console does to one target, by the recipe of that capability; taken back by the recipe of its inverse. What the device's own list
/// shows afterwards proves it; a recipe that proves nothing counts as failed.
/// </summary>
internal abstract class ConsoleAction(IDeviceConsoles? consoles) : IResponseAction
{
    public abstract ActionSpec Spec { get; }

    public virtual bool IsOffered => consoles is not null;

    /// <summary>Name of the input that says what it is done to, and of the recipe's.</summary>
    protected abstract string Target { get; }

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var device = await RunRecipe.Find(consoles!, call.Of("device"), ct);
        var (lines, refusal) = await Look(call, ct);
        lines.Insert(0, PlanLine.Of("plan.on-console", ("device", device?.Name ?? call.Of("device")), ("capability", ResponseTexts.Action(Spec.Code)), ("target", call.Of(Target))));
        return new ActionPlan(lines, refusal ?? Unable(device, Spec.Code), Target == "host" ? call.Of(Target) : null);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if ((await Look(call, ct)).Refusal is { } refusal) return ActionOutcome.Failed(refusal);
        return await Run(call, Spec.Code, call.Key, ct);
    }

    // The console never does the same key twice: asking again tells what became of it.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Task.FromResult(ActionOutcome.NotBegun);

    public Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) => Spec.Inverse is { } inverse ? Run(call, inverse, call.Key + "/undo", ct) : Task.FromResult(ActionOutcome.Failed("no-inverse"));

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        var able = (await consoles!.Devices(ct)).Where(d => d.Capabilities.Contains(Spec.Code)).ToList();
        return new ActionPlan([PlanLine.Of("probe.devices", ("able", able.Count(d => d.Unable is null).ToString(CultureInfo.InvariantCulture)), ("all", able.Count.ToString(CultureInfo.InvariantCulture))),
            .. able.Where(d => d.Unable is not null).Select(d => PlanLine.Of("plan.device-unable", ("device", d.Name), ("reason", d.Unable!)))], able.Any(d => d.Unable is null) ? null : "no-device");
    }

    /// <summary>Whom it hits, and why it may not be done; null when it may.</summary>
    protected abstract Task<(List<PlanLine> Lines, string? Refusal)> Look(ActionCall call, CancellationToken ct);

    protected static ActionSpec SpecOf(string code, string target, string kind, string? inverse) => new()
    {
        Code = code,
        Group = "device",
        Permission = ResponseWrite.Code,
        Inputs = [new("device", "text", true), new(target, kind, true)],
        Outputs = ["run"],
        Changes = true,
        Inverse = inverse,
        Limit = TimeSpan.FromMinutes(3),
    };

    private async Task<ActionOutcome> Run(ActionCall call, string capability, string key, CancellationToken ct)
    {
        var device = await RunRecipe.Find(consoles!, call.Of("device"), ct);
        if (Unable(device, capability) is { } unable) return ActionOutcome.Failed(unable);
        var outcome = await RunRecipe.Drive(consoles!, device!, capability, key, new Dictionary<string, string> { [Target] = call.Of(Target) }, ct);
        if (outcome.Standing != Standing.Done || outcome.Evidence.GetValueOrDefault("verified") == bool.TrueString) return outcome;
        // Nothing was read back: that a button was pressed proves nothing. With its reference it can still be taken back.
        return ActionOutcome.Failed("not-verified", evidence: outcome.Evidence) with { Reference = outcome.Reference };
    }

    private static string? Unable(ConsoleDevice? device, string capability) => device is null ? "no-device" : !device.Capabilities.Contains(capability) ? "not-capable" : device.Unable;
}

/// <summary>Takes a host off the network, or brings it back. What the site lives by is never isolated; a core asset only by a person.</summary>
internal abstract class HostAction(IDeviceConsoles? consoles, IProtectedAddresses? protectedAddresses, IAssetDirectory? assets) : ConsoleAction(consoles)
{
    // Hosts of the site itself are what this is for; all other protected kinds stay protected.
    private static readonly string[] OwnHosts = ["own-range ", "private "];

    public override bool IsOffered => base.IsOffered && protectedAddresses is not null;

    protected override string Target => "host";

    /// <summary>It cuts the host off.</summary>
    protected abstract bool Cuts { get; }

    protected override async Task<(List<PlanLine> Lines, string? Refusal)> Look(ActionCall call, CancellationToken ct)
    {
        var host = call.Of(Target);
        // One address in its only notation: what devices might read as another is not given to them.
        if (!IPAddress.TryParse(host, out var address) || address.IsIPv4MappedToIPv6 || address.ToString() != host) return ([], "bad-host");
        if (!Cuts) return ([], null);
        var check = await protectedAddresses!.Check(host, ct);
        // All of them: a narrow own range may lie within a wide one of management stations.
        var kept = check.Entries.FirstOrDefault(e => !OwnHosts.Any(k => e.StartsWith(k, StringComparison.Ordinal)));
        if (kept is not null || check.Refusal is not (null or "protected")) return ([PlanLine.Of("plan.host-protected", ("host", host), ("entry", kept ?? check.Entry ?? ""))], "host-protected");
        if (assets?.Find(host) is not { } asset) return ([PlanLine.Of("plan.host-unknown", ("host", host))], null);
        var lines = new List<PlanLine> { PlanLine.Of("plan.host", ("asset", asset.Name), ("business", asset.Business.Length > 0 ? asset.Business : "-"), ("owner", asset.Owner.Length > 0 ? asset.Owner : "-")) };
        return (lines, asset.Importance == AssetImportance.Core && call.Automatic ? "core-needs-person" : null);
    }
}

/// <summary>Takes a host off the network.</summary>
internal sealed class IsolateHost(IDeviceConsoles? consoles = null, IProtectedAddresses? protectedAddresses = null, IAssetDirectory? assets = null) : HostAction(consoles, protectedAddresses, assets)
{
    public override ActionSpec Spec { get; } = SpecOf("isolate-host", "host", "address", "release-host");

    protected override bool Cuts => true;
}

/// <summary>Brings an isolated host back.</summary>
internal sealed class ReleaseHost(IDeviceConsoles? consoles = null, IProtectedAddresses? protectedAddresses = null, IAssetDirectory? assets = null) : HostAction(consoles, protectedAddresses, assets)
{
    public override ActionSpec Spec { get; } = SpecOf("release-host", "host", "address", null);

    protected override bool Cuts => false;
}

/// <summary>Disables an account, or enables it again.</summary>
internal abstract class AccountAction(IDeviceConsoles? consoles) : ConsoleAction(consoles)
{
    private const int LongestAccount = 256;

    protected override string Target => "account";

    protected override Task<(List<PlanLine> Lines, string? Refusal)> Look(ActionCall call, CancellationToken ct)
    {
        var account = call.Of(Target);
        var isName = account.Length is > 0 and <= LongestAccount && !account.Any(l => char.IsControl(l) || char.GetUnicodeCategory(l) == UnicodeCategory.Format);
        return Task.FromResult<(List<PlanLine>, string?)>(([], isName ? null : "bad-account"));
    }
}

/// <summary>Disables an account.</summary>
internal sealed class DisableAccount(IDeviceConsoles? consoles = null) : AccountAction(consoles)
{
    public override ActionSpec Spec { get; } = SpecOf("disable-account", "account", "text", "enable-account");
}

/// <summary>Enables an account again.</summary>
internal sealed class EnableAccount(IDeviceConsoles? consoles = null) : AccountAction(consoles)
{
    public override ActionSpec Spec { get; } = SpecOf("enable-account", "account", "text", null);
}
