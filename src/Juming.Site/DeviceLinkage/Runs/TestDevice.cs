using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Signs in once and looks, at a person's word; answers when it has ended.</summary>
/// <param name="Device">The device.</param>
/// <param name="Run">Identity for the run, so that it can be watched from its start.</param>
internal sealed record TestDevice(Guid Device, Guid Run) : ICommand<RunVerdict>, INeeds<LinkageDevices>;

/// <summary>How a run ended.</summary>
/// <param name="Run">Its identity; null when none was begun.</param>
/// <param name="Failure">Code of why it failed; null when it did not.</param>
/// <param name="Step">Step that failed.</param>
/// <param name="Detail">What the page said; attacker-controlled.</param>
internal sealed record RunVerdict(Guid? Run, string? Failure, string? Step, string Detail);

file sealed class Handler(LinkageDb db, RunDesk desk, SessionStore sessions, CurrentActor current) : ICommandHandler<TestDevice, RunVerdict>
{
    public async Task<Result<RunVerdict>> Handle(TestDevice request, CancellationToken cancellationToken)
    {
        if (!await db.Devices.AnyAsync(d => d.Id == request.Device, cancellationToken)) return LinkageErrors.NoSuchDevice;
        // A test that lives on an old session would prove nothing about the password.
        sessions.Forget(request.Device);
        var report = await desk.Run(new RunWish(request.Device, RunKind.SignIn, current.Actor) { Capability = "sign-in", Insists = true, Id = request.Run }, cancellationToken);
        return new RunVerdict(report.Run, report.Failure, report.Step, report.Detail);
    }
}
