using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Finding the ways of a console that nobody has described.</summary>
internal sealed partial class DeviceRun
{
    private async Task<RunReport> Explore(CancellationToken ct)
    {
        var explorer = new ConsoleExplorer(_window, run.Film, run.Clock);
        var (yaml, failure) = await Again(async () =>
        {
            if (!await explorer.FindList(ct)) throw new ConsoleFailedException(await Outside(ct) ? "session-expired" : "no-list");
            return await new RecipeDraft(_window, run.Film).Write(RecipeNames.Of(run.Device, ConsoleBlocks.Capability), run.Device.Name, explorer, ct);
        }, ct);
        if (yaml is null) throw new ConsoleFailedException(failure!);
        var (recipe, faults) = RecipeReader.Read(yaml);
        if (recipe is null) throw new ConsoleFailedException("recipe-faulty", faults[0].Reason);
        // What was written is walked once from the start, up to the point of no return: a draft that does not get there is none.
        return await Again(async () =>
        {
            await _window.Load(_window.Home, ct);
            var runner = Runner(recipe, rehearsal: true);
            await runner.Run(recipe.Steps, false, ct);
            return runner.Rehearsed ? new RunReport(run.Wish.Id, null) { Yaml = yaml, Changed = false, Verified = true } : throw new ConsoleFailedException("no-point");
        }, ct);
    }
}
