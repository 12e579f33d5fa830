using System.Globalization;
using Juming.Platform.Access;
using Juming.Site.Assets;
using Juming.Site.Ssh;

namespace Juming.Site.Response.Actions;

/// <summary>
/// Runs a template of one kind on a host of the register over SSH. The module behind it keeps each effect under the call's key, reads the host before and after, and takes
/// back to what it read; what broke off is settled by reading the host. A core asset is changed only by a run that a person started.
/// </summary>
internal abstract class HostCommandAction(IHostCommands? commands, IAssetDirectory? assets) : IResponseAction
{
    private const string Host = "ssh-host";
    private const string Template = "template";
    private const string Inputs = "inputs";
    private const string CoreNeedsPerson = "core-needs-person";
    private const int MostOutput = 8000;

    public abstract ActionSpec Spec { get; }

    public bool IsOffered => commands is not null;

    protected abstract CommandKind Kind { get; }

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var order = Order(call);
        var seen = await commands!.Foresee(order, ct);
        var host = seen.Host?.Name ?? order.Host;
        if (seen.Command is not { } command) return new ActionPlan([PlanLine.Of("plan.ssh-refused", ("host", host), ("reason", seen.Refusal ?? ""), ("detail", seen.Detail))], seen.Refusal);
        var lines = new List<PlanLine> { PlanLine.Of("plan.ssh", ("host", host), ("command", command.Name), ("about", command.About)) };
        if (order.Inputs.Count > 0) lines.Add(PlanLine.Of("plan.ssh-inputs", ("inputs", string.Join(", ", order.Inputs.Select(i => $"{i.Key}={i.Value}")))));
        if (command.Changes) lines.Add(PlanLine.Of("plan.ssh-risk", ("risk", command.Risk)));
        if (command is { Changes: true, CanUndo: false }) lines.Add(PlanLine.Of("plan.ssh-final"));
        if (seen.Refusal is { } refusal) lines.Add(PlanLine.Of("plan.ssh-refused", ("host", host), ("reason", refusal), ("detail", seen.Detail)));
        return new ActionPlan(lines, seen.Refusal ?? (NeedsPerson(call, seen) ? CoreNeedsPerson : null));
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        // A line that is none would be passed over, and a default would stand in its place.
        if (call.Of(Inputs).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(l => l.IndexOf('=', StringComparison.Ordinal) <= 0)) return ActionOutcome.Failed("bad-pair");
        if (NeedsPerson(call, await commands!.Foresee(Order(call), ct))) return ActionOutcome.Failed(CoreNeedsPerson);
        return Told(call, await commands.Apply(Order(call), By(call), ct));
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Told(call, await commands!.Look(Order(call), By(call), ct));

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) => Told(call, await commands!.Undo(Order(call), By(call), ct));

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        var hosts = await commands!.Hosts(ct);
        var unable = hosts.Where(h => h.Unable is not null).ToList();
        return new ActionPlan([PlanLine.Of("probe.ssh", ("able", (hosts.Count - unable.Count).ToString(CultureInfo.InvariantCulture)), ("all", hosts.Count.ToString(CultureInfo.InvariantCulture))),
            .. unable.Select(h => PlanLine.Of("probe.ssh-unable", ("host", h.Name), ("reason", h.Unable!)))], unable.Count == hosts.Count ? "no-device" : null);
    }

    public async Task<IReadOnlyList<InputOffer>> Offers(CancellationToken ct) =>
    [
        .. (await commands!.Hosts(ct)).Select(h => new InputOffer(Host, h.Name, h.Address)),
        .. (await commands.Commands(Kind, ct)).Select(c => new InputOffer(Template, c.Id, c.Name, c.Risk.Length > 0 ? $"{c.About} · {c.Risk}" : c.About, true, [.. c.Parameters.Select(p => new PairField(p.Name, p.Label, p.Hint, p.Values, p.Default))])),
    ];

    protected static ActionSpec SpecOf(string code, string permission, string inverse) => new()
    {
        Code = code,
        Group = "device",
        Permission = permission,
        Inputs = [new(Host, "text", true), new(Template, "text", true), new(Inputs, "pairs")],
        Outputs = ["output", "changed"],
        Changes = true,
        Inverse = inverse,
        // Waiting for the host's turn, signing in, and three scripts of up to four minutes.
        Limit = TimeSpan.FromMinutes(15),
    };

    private bool NeedsPerson(ActionCall call, CommandForecast seen) =>
        call.Automatic && seen is { Command.Changes: true, Host: { } host } && assets?.Find(host.Address)?.Importance == AssetImportance.Core;

    private CommandOrder Order(ActionCall call) => new(call.Of(Host), call.Of(Template), Kind, call.Key, Pairs.Read(call.Of(Inputs)));

    private Actor By(ActionCall call) => RunActor.Of(call, Spec.Permission);

    private static ActionOutcome Told(ActionCall call, CommandOutcome outcome)
    {
        var evidence = new Dictionary<string, string>(outcome.Evidence) { ["host"] = call.Of(Host), ["template"] = call.Of(Template) };
        if (outcome.Standing == CommandStanding.Done) evidence["changed"] = outcome.Changed ? "true" : "false";
        var reference = outcome.Effect?.ToString() ?? "";
        return outcome.Standing switch
        {
            CommandStanding.Done => ActionOutcome.Done(new Dictionary<string, string> { ["output"] = outcome.Output.Length > MostOutput ? outcome.Output[..MostOutput] : outcome.Output, ["changed"] = evidence["changed"] }, evidence, reference),
            // With its reference a change that was not proven can still be taken back.
            CommandStanding.Failed => ActionOutcome.Failed(outcome.Code, outcome.MayPass, evidence) with { Reference = outcome.Changed ? reference : "" },
            CommandStanding.Pending => ActionOutcome.Pending(reference, outcome.LookAt, outcome.Code, evidence),
            CommandStanding.NotBegun => ActionOutcome.NotBegun,
            _ => ActionOutcome.Unknown(outcome.Code) with { Evidence = evidence, Reference = reference },
        };
    }
}

/// <summary>Runs a command on a host.</summary>
internal sealed class SshCommand(IHostCommands? commands = null, IAssetDirectory? assets = null) : HostCommandAction(commands, assets)
{
    public override ActionSpec Spec { get; } = SpecOf("ssh-command", SshRun.Code, "undo-command");

    protected override CommandKind Kind => CommandKind.Command;
}

/// <summary>Runs a baseline's fix on a host.</summary>
internal sealed class HardenHost(IHostCommands? commands = null, IAssetDirectory? assets = null) : HostCommandAction(commands, assets)
{
    public override ActionSpec Spec { get; } = SpecOf("harden", SshHarden.Code, "undo-fix");

    protected override CommandKind Kind => CommandKind.Fix;
}

/// <summary>Changes the rights of an account on a host.</summary>
internal sealed class ChangeRights(IHostCommands? commands = null, IAssetDirectory? assets = null) : HostCommandAction(commands, assets)
{
    public override ActionSpec Spec { get; } = SpecOf("change-rights", SshRights.Code, "undo-rights");

    protected override CommandKind Kind => CommandKind.Rights;
}
