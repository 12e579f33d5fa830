using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Writes the recipe from the recording, ends it, and keeps the recipe as a draft: the next version of its name. A second one reads the list.</summary>
/// <param name="Id">The recording.</param>
/// <param name="OnlyThisDevice">True keeps it for this device; otherwise for all of its vendor and model.</param>
internal sealed record KeepRecording(Guid Id, bool OnlyThisDevice) : ICommand<Guid>, INeeds<LinkageRecord>;

file sealed class Handler(LinkageDb db, RecordingDesk desk, CurrentActor current, TimeProvider clock) : ICommandHandler<KeepRecording, Guid>
{
    public async Task<Result<Guid>> Handle(KeepRecording request, CancellationToken cancellationToken)
    {
        if (desk.Find(request.Id, current.Actor) is not { } recording) return LinkageErrors.NoSuchRecording;
        var name = RecipeNames.Of(recording.Device, ConsoleBlocks.Capability);
        var written = RecordedRecipe.Write(recording, name);
        if (written.Error is { } error) return error;
        await desk.End(request.Id);
        var own = request.OnlyThisDevice || recording.Device.Vendor.Length == 0;
        var block = await Keep(recording, name, ConsoleBlocks.Capability, written.Value, own, cancellationToken);
        var list = RecipeNames.Of(recording.Device, "list-blocks");
        if (RecordedRecipe.WriteList(recording, list, written.Value) is { } read) await Keep(recording, list, "list-blocks", read, own, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        recording.Recipe = block.Id;
        return block.Id;
    }

    private async Task<RecipeRow> Keep(Recording recording, string name, string capability, string yaml, bool own, CancellationToken ct)
    {
        foreach (var older in await db.Recipes.Where(r => r.Name == name && r.State == RecipeState.Draft && r.Origin == RecipeOrigin.Recorded).ToListAsync(ct)) older.State = RecipeState.Retired;
        return db.Add(new RecipeRow
        {
            Name = name,
            Version = 1 + (await db.Recipes.Where(r => r.Name == name).MaxAsync(r => (int?)r.Version, ct) ?? 0),
            Capability = capability,
            Vendor = recording.Device.Vendor,
            Product = recording.Device.Model,
            DeviceId = own ? recording.Device.Id : null,
            Yaml = yaml,
            State = RecipeState.Draft,
            Origin = RecipeOrigin.Recorded,
            CreatedAt = clock.GetUtcNow(),
        }).Entity;
    }
}
