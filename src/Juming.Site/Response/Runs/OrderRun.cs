using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Runs;

/// <summary>Stops a run: what acts is waited for, nothing more begins.</summary>
internal sealed record StopRun(string Run) : ICommand<Done>, INeeds<ResponseWrite>;

/// <summary>Tries a step of a failed run again; the run goes on from there.</summary>
internal sealed record RetryStep(string Run, Guid Step) : ICommand<Done>, INeeds<ResponseWrite>;

/// <summary>Takes back what a run did, the last first.</summary>
internal sealed record RollBackRun(string Run) : ICommand<Done>, INeeds<ResponseWrite>;

/// <summary>Says what became of a step that broke off, after a person looked.</summary>
/// <param name="Run">The run.</param>
/// <param name="Step">The step.</param>
/// <param name="WasDone">True when it had its effect.</param>
internal sealed record SettleStep(string Run, Guid Step, bool WasDone) : ICommand<Done>, INeeds<ResponseWrite>;

file sealed class Orders(ResponseDb db, RunDesk desk, CurrentActor current)
{
    public async Task<Result<Done>> Give(string name, OrderKind kind, Guid? step, CancellationToken ct)
    {
        var run = await db.Runs.AsNoTracking().Named(name, ct);
        if (run is null) return ResponseErrors.NoSuchRun;
        return await desk.Give(run.Id, new RunOrder(kind, current.Actor.Name, step)) is { } refusal ? refusal : Done.Value;
    }
}

file sealed class StopHandler(ResponseDb db, RunDesk desk, CurrentActor current) : ICommandHandler<StopRun, Done>
{
    public Task<Result<Done>> Handle(StopRun request, CancellationToken cancellationToken) => new Orders(db, desk, current).Give(request.Run, OrderKind.Stop, null, cancellationToken);
}

file sealed class RetryHandler(ResponseDb db, RunDesk desk, CurrentActor current) : ICommandHandler<RetryStep, Done>
{
    public Task<Result<Done>> Handle(RetryStep request, CancellationToken cancellationToken) => new Orders(db, desk, current).Give(request.Run, OrderKind.Retry, request.Step, cancellationToken);
}

file sealed class RollBackHandler(ResponseDb db, RunDesk desk, CurrentActor current) : ICommandHandler<RollBackRun, Done>
{
    public Task<Result<Done>> Handle(RollBackRun request, CancellationToken cancellationToken) => new Orders(db, desk, current).Give(request.Run, OrderKind.RollBack, null, cancellationToken);
}

file sealed class SettleHandler(ResponseDb db, RunDesk desk, CurrentActor current) : ICommandHandler<SettleStep, Done>
{
    public Task<Result<Done>> Handle(SettleStep request, CancellationToken cancellationToken) => new Orders(db, desk, current).Give(request.Run, request.WasDone ? OrderKind.SettleAsDone : OrderKind.SettleAsNotDone, request.Step, cancellationToken);
}
