using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Effects;

/// <summary>The module's face for playbooks. What is done goes through the guard, so that it is allowed and audited like a person's.</summary>
internal sealed class HostCommands(SshDb db, TemplateShelf shelf, Sender sender) : IHostCommands
{
    public async Task<IReadOnlyList<CommandHost>> Hosts(CancellationToken ct) =>
        [.. (await db.Hosts.AsNoTracking().OrderBy(h => h.Name).ToListAsync(ct)).Select(Brief)];

    public async Task<IReadOnlyList<CommandBrief>> Commands(CommandKind kind, CancellationToken ct) =>
        [.. (await shelf.All(ct)).Where(t => t.Kind == kind).Select(Brief)];

    public async Task<CommandForecast> Foresee(CommandOrder order, CancellationToken ct)
    {
        var plan = await CommandPlan.Of(db, shelf, order.Host, order.Command, order.Kind, order.Inputs, ct);
        return new CommandForecast(plan.Refusal?.Code ?? plan.Host?.Unable, plan.Detail, plan.Host is null ? null : Brief(plan.Host), plan.Template is null ? null : Brief(plan.Template));
    }

    public Task<CommandOutcome> Apply(CommandOrder order, Actor by, CancellationToken ct) => Send(order, CommandAct.Apply, by, ct);

    public Task<CommandOutcome> Look(CommandOrder order, Actor by, CancellationToken ct) => Send(order, CommandAct.Look, by, ct);

    public Task<CommandOutcome> Undo(CommandOrder order, Actor by, CancellationToken ct) => Send(order, CommandAct.Undo, by, ct);

    public static CommandBrief Brief(CommandTemplate template) => new(template.Id, template.Name.Here, template.About.Here, template.Risk.Here, template.Changes, template.Undo is not null,
        [.. template.Parameters.Select(p => new CommandField(p.Name, p.Label.Here, ParameterRules.Hint(p), p.Values, p.Default))]);

    private static CommandHost Brief(HostRow host) => new(host.Id, host.Name, host.Address, host.Unable);

    private async Task<CommandOutcome> Send(CommandOrder order, CommandAct act, Actor by, CancellationToken ct)
    {
        var sent = order.Kind switch
        {
            CommandKind.Fix => await sender.SendAs(by, new UseFix(order, act), ct),
            CommandKind.Rights => await sender.SendAs(by, new UseRights(order, act), ct),
            _ => await sender.SendAs(by, new UseCommand(order, act), ct),
        };
        return sent.Error is { } error ? new CommandOutcome { Standing = CommandStanding.Failed, Code = error.Code } : sent.Value;
    }
}
