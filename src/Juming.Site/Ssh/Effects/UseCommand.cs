using Juming.Platform.Handlers;

namespace Juming.Site.Ssh.Effects;

/// <summary>What is done about an order.</summary>
internal enum CommandAct
{
    Apply,
    Look,
    Undo,
}

/// <summary>Runs a command on a host.</summary>
internal sealed record UseCommand(CommandOrder Order, CommandAct Act) : ICommand<CommandOutcome>, INeeds<SshRun>;

/// <summary>Runs a baseline's fix on a host.</summary>
internal sealed record UseFix(CommandOrder Order, CommandAct Act) : ICommand<CommandOutcome>, INeeds<SshHarden>;

/// <summary>Changes the rights of an account on a host.</summary>
internal sealed record UseRights(CommandOrder Order, CommandAct Act) : ICommand<CommandOutcome>, INeeds<SshRights>;

file sealed class Handler(CommandRunner runner) : ICommandHandler<UseCommand, CommandOutcome>, ICommandHandler<UseFix, CommandOutcome>, ICommandHandler<UseRights, CommandOutcome>
{
    // The kind is the request's, whatever the order says: each needs its own permission.
    public Task<Result<CommandOutcome>> Handle(UseCommand request, CancellationToken cancellationToken) => Do(request.Order with { Kind = CommandKind.Command }, request.Act, cancellationToken);

    public Task<Result<CommandOutcome>> Handle(UseFix request, CancellationToken cancellationToken) => Do(request.Order with { Kind = CommandKind.Fix }, request.Act, cancellationToken);

    public Task<Result<CommandOutcome>> Handle(UseRights request, CancellationToken cancellationToken) => Do(request.Order with { Kind = CommandKind.Rights }, request.Act, cancellationToken);

    private async Task<Result<CommandOutcome>> Do(CommandOrder order, CommandAct act, CancellationToken ct) => act switch
    {
        CommandAct.Apply => await runner.Apply(order, ct),
        CommandAct.Look => await runner.Look(order, ct),
        _ => await runner.Undo(order, ct),
    };
}
