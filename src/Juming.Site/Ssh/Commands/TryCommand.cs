using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Effects;
using Juming.Site.Ssh.Session;

namespace Juming.Site.Ssh.Commands;

/// <summary>Runs only what reads of a template on a host: its check, or all of one that only reads.</summary>
internal sealed record TryCommand(string Name, Guid Host, IReadOnlyDictionary<string, string> Inputs) : ICommand<CommandTrial>, INeeds<SshRun>;

/// <summary>What the check told.</summary>
/// <param name="Failure">Code of why it could not tell; null when it could.</param>
/// <param name="Detail">More about that; attacker-controlled.</param>
/// <param name="There">The effect is there; null for a template that only reads.</param>
/// <param name="Was">The value as it is, where the effect is not there; attacker-controlled.</param>
/// <param name="Output">What it wrote; attacker-controlled.</param>
internal sealed record CommandTrial(string? Failure, string Detail, bool? There, string Was, string Output);

file sealed class Validator : AbstractValidator<TryCommand>
{
    public Validator() => RuleFor(c => c.Inputs).NotNull();
}

file sealed class Handler(SshDb db, TemplateShelf shelf, HostDesk desk) : ICommandHandler<TryCommand, CommandTrial>
{
    public async Task<Result<CommandTrial>> Handle(TryCommand request, CancellationToken cancellationToken)
    {
        var plan = await CommandPlan.Of(db, shelf, request.Host.ToString(), request.Name, null, request.Inputs, cancellationToken);
        if (plan.Refusal is { } refusal) return plan.Host is null || plan.Template is null ? refusal : new CommandTrial(refusal.Code, plan.Detail, null, "", "");
        await using var visit = await desk.Visit(plan.Host!.Id, cancellationToken);
        if (visit.Signed.Failure is { } failure) return new CommandTrial(failure.Code, visit.Signed.Detail, null, "", "");
        var template = plan.Template!;
        var read = await CommandRunner.Run(visit, plan, template.Read ?? template.Check!, "", cancellationToken);
        if (template.Read is not null) return new CommandTrial(read is { Answer: RemoteAnswer.Silent, Exit: 0, Failure: null } ? null : read.Answer == RemoteAnswer.Silent && read.Failure is null ? SshErrors.CommandFailed.Code : CommandRunner.Why(read).Code, read.Said, null, "", read.Output);
        return read.Answer is RemoteAnswer.There or RemoteAnswer.Absent
            ? new CommandTrial(null, read.Said, read.Answer == RemoteAnswer.There, RemoteReading.Shown(read.Was) ?? "", read.Output)
            : new CommandTrial(CommandRunner.Why(read).Code, read.Said, null, "", read.Output);
    }
}
