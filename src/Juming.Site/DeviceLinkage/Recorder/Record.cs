using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Opens a device's console for a person's hand; it holds the device as a run does.</summary>
/// <param name="Device">The device.</param>
/// <param name="Target">To what the person will do it for the recording: an address to block and unblock, a host, an account; empty where it is only read.</param>
/// <param name="Capability">What is shown.</param>
internal sealed record OpenRecording(Guid Device, string Target, string Capability = RecordedSubject.Block) : ICommand<Guid>, INeeds<LinkageRecord>;

/// <summary>Closes the console and frees the device; the steps stay.</summary>
internal sealed record EndRecording(Guid Id) : ICommand<Done>, INeeds<LinkageRecord>;

/// <summary>One's own recording as it stands.</summary>
internal sealed record GetRecording(Guid Id) : IQuery<RecordingView>, INeeds<LinkageRecord>;

/// <summary>A recording. All words of steps, questions and proof are the device's.</summary>
internal sealed record RecordingView(Guid Id, Guid Device, string DeviceName, bool HasModel, string Target, RecordedSubject Subject, RecordingState State, string? Failure, string Detail, string Notice, RecorderPhase Phase, string Url, IReadOnlyList<RecordedStep> Steps, RecordedProof? Proof, IReadOnlyList<string> Texts, IReadOnlyList<RecordedFigure> Figures, ConsoleQuestion? Question, Guid? Recipe);

file sealed class Validator : AbstractValidator<OpenRecording>
{
    public Validator()
    {
        RuleFor(c => c.Capability).Must(c => c is not null && RecordedSubject.Of(c) is not null).WithMessage("This can't be recorded.");
        RuleFor(c => c.Target).MaximumLength(60).Must(t => t is not null && !t.Any(char.IsControl));
        RuleFor(c => c.Target).NotEmpty().When(c => RecordedSubject.Of(c.Capability) is { OnlyReads: false });
        RuleFor(c => c.Target).Must(t => System.Net.IPAddress.TryParse(t, out _)).WithErrorCode(LinkageErrors.NoTestAddress.Code).WithMessage("This is no address.").When(c => RecordedSubject.Of(c.Capability) is { IsAddress: true });
    }
}

file sealed class Handler(LinkageDb db, RunDesk runs, RecordingDesk desk, IProtectedAddresses protectedAddresses, CurrentActor current) : ICommandHandler<OpenRecording, Guid>, ICommandHandler<EndRecording, Done>, IQueryHandler<GetRecording, RecordingView>
{
    public async Task<Result<Guid>> Handle(OpenRecording request, CancellationToken cancellationToken)
    {
        var device = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == request.Device, cancellationToken);
        if (device is null) return LinkageErrors.NoSuchDevice;
        var subject = RecordedSubject.Of(request.Capability)!;
        var check = subject.IsAddress ? await protectedAddresses.Check(request.Target, cancellationToken) : new TargetCheck(null, null, null);
        if ((subject.Capability == HostTargets.Capability ? HostTargets.Refusal(check) : check.Refusal) is not null) return LinkageErrors.NoTestAddress.With("value", request.Target);
        if (runs.IsBusy(device.Id)) return LinkageErrors.InUse;
        if (runs.Unable(device, insists: true) is { } unable) return LinkageErrors.CannotRecord.With("reason", LinkageTexts.Failure(unable));
        return desk.Open(Guid.CreateVersion7(), device, current.Actor, check.Target ?? request.Target.Trim(), subject).Id;
    }

    public async Task<Result<Done>> Handle(EndRecording request, CancellationToken cancellationToken)
    {
        if (desk.Find(request.Id, current.Actor) is null) return LinkageErrors.NoSuchRecording;
        await desk.End(request.Id);
        return Done.Value;
    }

    public Task<Result<RecordingView>> Handle(GetRecording request, CancellationToken cancellationToken) =>
        Task.FromResult<Result<RecordingView>>(desk.Find(request.Id, current.Actor) is { } r ? View(r) : LinkageErrors.NoSuchRecording);

    private static RecordingView View(Recording r) => new(r.Id, r.Device.Id, r.Device.Name, r.Device.Vendor.Length > 0, r.Target, r.Subject, r.State, r.Failure, r.Detail, r.Notice, r.Phase, r.Url, r.Steps, r.Proof, r.Texts, r.Figures, r.Question, r.Recipe);
}
