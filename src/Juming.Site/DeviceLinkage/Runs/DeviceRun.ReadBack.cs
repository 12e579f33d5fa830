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
        // What is no list of blocks is proved by what the recipe says of it, whatever a row looks like.
        if (!recipe.Capability.Contains("block", StringComparison.Ordinal)) return Proved(runner, failure, unread, step);
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

    private RunReport Proved(RecipeRunner runner, ConsoleFailedException? failure, ConsoleFailedException? unread, string step) => unread is null
        ? Ended(runner, null, null, true)
        : Ended(runner, failure ?? unread, unread.Code is "not-so" or "not-in-list" or "still-in-list" ? false : null, false) with { Step = step };

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
        if (run.Wish.Targets is { Count: > 0 } targets)
        {
            IReadOnlySet<string> standing = new HashSet<string>();
            await Looked(runner, async () => standing = await runner.Survey(run.Wish.Steps!.Verify, targets, ct), ct);
            KeepPlace(runner);
            return new RunReport(run.Wish.Id, null) { Standing = standing, Verified = true, Changed = false, Outputs = new Dictionary<string, string> { ["asked"] = Number(targets.Count), ["standing"] = Number(standing.Count) } };
        }
        await LookAgain(runner, ct);
        KeepPlace(runner);
        return new RunReport(run.Wish.Id, null) { Present = Standing(runner.LastRow), Verified = runner.LastRow is not null, Changed = false };
    }

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task LookAgain(RecipeRunner runner, CancellationToken ct) => Looked(runner, () => runner.Look(run.Wish.Steps!.Verify, ct), ct);

    private async Task Looked(RecipeRunner runner, Func<Task> look, CancellationToken ct)
    {
        try
        {
            await look();
        }
        catch (ConsoleFailedException e) when (e.Code is "session-expired" or "unreachable" or "no-list" or "page-changed")
        {
            if (e.Code is "no-list" or "page-changed" && runner.ListPlace is null) throw;
            // The remembered way led elsewhere, or the session ended: once more from the start.
            await SignInAnew(e.Code == "session-expired", ct);
            (runner.ListPlace, runner.IsFresh) = (null, true);
            await look();
        }
    }

    private static bool? Standing(FoundRow? row) => row is null ? null : row.InForce ? true : row.Found ? null : false;
}
