using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Runs recipes of any capability, for playbooks.</summary>
internal sealed class DeviceConsoles(LinkageDb db, RecipeShelf shelf, RecipeCache cache, RunDesk desk, CurrentActor current) : IDeviceConsoles
{
    public async Task<IReadOnlyList<ConsoleDevice>> Devices(CancellationToken ct)
    {
        var rows = await db.Devices.AsNoTracking().OrderBy(d => d.Name).ToListAsync(ct);
        var recipes = await shelf.Approved(ct);
        return [.. rows.Select(d => new ConsoleDevice(d.Id, d.Name, d.DeviceGroup, RecipeShelf.Capabilities(recipes, d), desk.Unable(d)))];
    }

    public async Task<RecipeOutcome> Run(RecipeOrder order, CancellationToken ct)
    {
        var device = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == order.Device, ct);
        if (device is null) return Refused("no-device");
        var row = await shelf.For(device, order.Capability, ct);
        if (row is null || cache.Of(row) is not { } recipe) return Refused("no-recipe");
        var (inputs, wrong) = RunValues.Complete(recipe, order.Inputs);
        if (wrong is not null) return Refused("invalid-input");
        var key = order.Rehearsal ? null : $"Recipe:{order.Key}";
        if (key is not null && recipe.Mutates && await Before(device.Id, key, ct) is { } earlier) return earlier;
        var report = await desk.Run(new RunWish(device.Id, RunKind.Recipe, current.Actor) { Recipe = row, Steps = recipe, Capability = order.Capability, Inputs = inputs, Key = key, Rehearsal = order.Rehearsal }, ct);
        return new RecipeOutcome(report.Run ?? Guid.Empty, report.Verified, report.Changed, report.Failure, report.Step, report.Outputs);
    }

    public async Task<IReadOnlyList<string>> Pictures(Guid run, CancellationToken ct)
    {
        var film = desk.Live(run) ?? JsonSerializer.Deserialize<List<FilmStep>>(await db.Runs.Where(r => r.Id == run).Select(r => r.Film).FirstOrDefaultAsync(ct) ?? "[]") ?? [];
        return [.. film.SelectMany(s => s.Pictures).Select(p => $"/api/linkage/runs/{run}/pictures/{p}")];
    }

    /// <summary>A finished effect is not repeated, and one that broke off past its point of no return is not guessed at.</summary>
    private async Task<RecipeOutcome?> Before(Guid device, string key, CancellationToken ct)
    {
        var earlier = await db.Runs.AsNoTracking().Where(r => r.DeviceId == device && r.EffectKey == key).OrderByDescending(r => r.StartedAt).FirstOrDefaultAsync(ct);
        return earlier switch
        {
            { State: RunState.Done } => new RecipeOutcome(earlier.Id, true, earlier.Changed, null, null, new Dictionary<string, string>()),
            { State: RunState.Acting } or { State: RunState.Failed, Changed: null } => new RecipeOutcome(earlier.Id, null, null, "unsettled", earlier.FailedStep, new Dictionary<string, string>()),
            _ => null,
        };
    }

    private static RecipeOutcome Refused(string code) => new(Guid.Empty, null, false, code, null, new Dictionary<string, string>());
}
