using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>
/// Writes the recipe from the recording, ends it, and keeps the recipe as a draft: the next version of its name. Of a block a second one reads the list; of
/// another act a second one takes it back, where that was shown.
/// </summary>
/// <param name="Id">The recording.</param>
/// <param name="OnlyThisDevice">True keeps it for this device; otherwise for all of its vendor and model.</param>
internal sealed record KeepRecording(Guid Id, bool OnlyThisDevice) : ICommand<Guid>, INeeds<LinkageRecord>;

file sealed class Handler(LinkageDb db, RecordingDesk desk, CurrentActor current, TimeProvider clock) : ICommandHandler<KeepRecording, Guid>
{
    public async Task<Result<Guid>> Handle(KeepRecording request, CancellationToken cancellationToken)
    {
        if (desk.Find(request.Id, current.Actor) is not { } recording) return LinkageErrors.NoSuchRecording;
        var written = Write(recording);
        if (written.Error is { } error) return error;
        await desk.End(request.Id);
        var own = request.OnlyThisDevice || recording.Device.Vendor.Length == 0;
        var kept = new List<RecipeRow>();
        foreach (var (capability, yaml) in written.Value) kept.Add(await Keep(recording, RecipeNames.Of(recording.Device, capability), capability, yaml, own, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        recording.Recipe = kept[0].Id;
        return kept[0].Id;
    }

    /// <summary>What came of it, the main recipe first.</summary>
    private static Result<List<(string Capability, string Yaml)>> Write(Recording recording)
    {
        var (subject, device) = (recording.Subject, recording.Device);
        var name = RecipeNames.Of(device, subject.Capability);
        var main = subject.Capability == RecordedSubject.Block ? RecordedRecipe.Write(recording, name) : subject.OnlyReads ? RecordedRecipe.WriteRead(recording, name) : RecordedRecipe.WriteAct(recording, name, undo: false);
        if (main.Error is { } error) return error;
        var all = new List<(string Capability, string Yaml)> { (subject.Capability, main.Value) };
        if (subject.Capability == RecordedSubject.Block && RecordedRecipe.WriteList(recording, RecipeNames.Of(device, "list-blocks"), main.Value) is { } list) all.Add(("list-blocks", list));
        if (subject.Inverse is { } inverse && recording.Steps.Any(s => s.Phase == RecorderPhase.Undo))
        {
            var back = RecordedRecipe.WriteAct(recording, RecipeNames.Of(device, inverse), undo: true);
            if (back.Error is { } refused) return refused;
            all.Add((inverse, back.Value));
        }
        return all;
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
