using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Learning;

/// <summary>
/// Looks on an unknown console for the way to block an address, writes it down as a draft and rehearses that up to the point of no return. A person
/// decides on the draft by its pictures.
/// </summary>
/// <param name="Device">The device.</param>
/// <param name="Run">Identity for the run, so that it can be watched from its start.</param>
internal sealed record ExploreDevice(Guid Device, Guid Run) : ICommand<ExploreVerdict>, INeeds<LinkageDevices>;

/// <summary>What came of it.</summary>
/// <param name="Recipe">The draft; null when there is none.</param>
/// <param name="Run">The run whose film shows it.</param>
/// <param name="Failure">Code of why there is none.</param>
/// <param name="Step">Step that failed.</param>
/// <param name="Detail">What the page said; attacker-controlled.</param>
internal sealed record ExploreVerdict(Guid? Recipe, Guid? Run, string? Failure, string? Step, string Detail);

file sealed class Handler(LinkageDb db, RunDesk desk, CurrentActor current, TimeProvider clock) : ICommandHandler<ExploreDevice, ExploreVerdict>
{
    // Of the range for documentation: it is filled in and not sent.
    private static readonly Dictionary<string, string> Sample = new() { ["ip"] = "203.0.113.254", ["minutes"] = "1440", ["comment"] = "juming" };

    public async Task<Result<ExploreVerdict>> Handle(ExploreDevice request, CancellationToken cancellationToken)
    {
        if (!await db.Devices.AnyAsync(d => d.Id == request.Device, cancellationToken)) return LinkageErrors.NoSuchDevice;
        var report = await desk.Run(new RunWish(request.Device, RunKind.Explore, current.Actor) { Capability = ConsoleBlocks.Capability, Inputs = Sample, Insists = true, Rehearsal = true, Id = request.Run }, cancellationToken);
        if (report.Yaml is not { } yaml) return new ExploreVerdict(null, report.Run, report.Failure, report.Step, report.Detail);
        var name = RecipeReader.Read(yaml).Recipe!.Id;
        foreach (var older in await db.Recipes.Where(r => r.Name == name && r.DeviceId == request.Device && r.State == RecipeState.Draft).ToListAsync(cancellationToken)) older.State = RecipeState.Retired;
        var row = db.Add(new RecipeRow
        {
            Name = name,
            Version = 1 + (await db.Recipes.Where(r => r.Name == name).MaxAsync(r => (int?)r.Version, cancellationToken) ?? 0),
            Capability = ConsoleBlocks.Capability,
            DeviceId = request.Device,
            Yaml = yaml,
            State = RecipeState.Draft,
            Origin = RecipeOrigin.Explored,
            RehearsalId = report.Run,
            CreatedAt = clock.GetUtcNow(),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return new ExploreVerdict(row.Id, report.Run, null, null, "");
    }
}
