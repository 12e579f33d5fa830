using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Recipes;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>What the device's own list says, after an act and without one.</summary>
internal sealed partial class DeviceRun
{
    private static readonly TimeSpan[] ReadBackPauses = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    // A device that puts changes into effect shows them as pending meanwhile, for seconds after it was told.
    private static readonly TimeSpan[] PendingPauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>Whatever the console said, what its list shows after a fresh load decides.</summary>
    private async Task<RunReport> Verify(RecipeRunner runner, Recipe recipe, ConsoleFailedException? failure, CancellationToken ct)
    {
        var step = runner.CurrentStep;
        if (!runner.Acted && runner.Returned is not null && runner.LastRow is { InForce: true } there)
        {
            await run.Film.Shoot(run.Film.Begin("verified", "picture"), "verified", _window, ct);
            return Ended(runner, null, there.Found, true);
        }
        var unread = await TryRead(runner, recipe, ct);
        for (var look = 0; look < PendingPauses.Length && runner is { Acted: true, LastRow: { Found: true, InForce: false } }; look++)
        {
            await Task.Delay(PendingPauses[look], run.Clock, ct);
            unread = await TryRead(runner, recipe, ct);
        }
        var row = unread is null or { Code: "not-so" or "not-in-list" } ? runner.LastRow : null;
        if (row is null && unread is null) return Ended(runner, failure, null, failure is null);
        if (row is null) return Ended(runner, failure ?? unread, null, null) with { Step = step };
        if (row.InForce && (unread is null || unread.Code == "not-so" && row.InForce)) return Ended(runner, null, true, true);
        return Ended(runner, failure ?? new ConsoleFailedException(row.Found ? "not-in-force" : "not-in-list", string.Join(" | ", row.Cells.Values.Distinct())), row.Found ? null : false, false) with { Step = step };
    }

    private async Task<ConsoleFailedException?> TryRead(RecipeRunner runner, Recipe recipe, CancellationToken ct)
    {
        try
        {
            await Read(runner, recipe, ct);
            return null;
        }
        catch (ConsoleFailedException e)
        {
            return e;
        }
    }

    private async Task Read(RecipeRunner runner, Recipe recipe, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (attempt > 0) await SignInAnew(true, ct);
                runner.BeginReadBack();
                await runner.Run(recipe.Verify, false, ct);
                return;
            }
            catch (ConsoleFailedException e) when (attempt < ReadBackPauses.Length && e.Code is ("session-expired" or "unreachable" or "never-loads" or "page-closed"))
            {
                // A device that cuts the line after an act is often there again a moment later, and only its list can say what became of the act.
                await Task.Delay(ReadBackPauses[attempt], run.Clock, ct);
            }
        }
    }

    private async Task<RunReport> Look(CancellationToken ct)
    {
        var runner = Runner(run.Wish.Steps!, false);
        (runner.ListPlace, runner.IsFresh) = (Place, true);
        await LookAgain(runner, ct);
        KeepPlace(runner);
        return new RunReport(run.Wish.Id, null) { Present = Standing(runner.LastRow), Verified = runner.LastRow is not null, Changed = false };
    }

    private async Task LookAgain(RecipeRunner runner, CancellationToken ct)
    {
        var recipe = run.Wish.Steps!;
        try
        {
            await runner.Look(recipe.Verify, ct);
        }
        catch (ConsoleFailedException e) when (e.Code is "session-expired" or "unreachable" or "no-list" or "page-changed")
        {
            if (e.Code is "no-list" or "page-changed" && runner.ListPlace is null) throw;
            // The remembered way led elsewhere, or the session ended: once more from the start.
            await SignInAnew(e.Code == "session-expired", ct);
            (runner.ListPlace, runner.IsFresh) = (null, true);
            await runner.Look(recipe.Verify, ct);
        }
    }

    private static bool? Standing(FoundRow? row) => row is null ? null : row.InForce ? true : row.Found ? null : false;
}
