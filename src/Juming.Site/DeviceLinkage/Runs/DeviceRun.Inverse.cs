using Juming.Site.DeviceLinkage.Browser;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Taking away what a recipe put there.</summary>
internal sealed partial class DeviceRun
{
    private async Task<RunReport> Inverse(CancellationToken ct)
    {
        var recipe = run.Wish.Steps!;
        var runner = Runner(recipe, run.Wish.Rehearsal);
        (runner.ListPlace, runner.IsFresh) = (Place, !_again);
        ConsoleFailedException? failure = null;
        try
        {
            await runner.Run(recipe.Rollback, false, ct);
        }
        catch (ConsoleFailedException e) when (!runner.Acted && e.Code is "session-expired" or "no-list" or "page-changed" or "unreachable" && (runner.ListPlace is not null || e.Code == "session-expired"))
        {
            runner = Runner(recipe, run.Wish.Rehearsal);
            await SignInAnew(e.Code == "session-expired", ct);
            runner.IsFresh = true;
            await runner.Run(recipe.Rollback, false, ct);
        }
        catch (ConsoleFailedException e) when (runner.Acted)
        {
            failure = e;
        }
        if (run.Wish.Rehearsal) return new RunReport(run.Wish.Id, null) { Changed = false };
        var acted = runner.Acted;
        if (acted) run.Pressed();
        var step = runner.CurrentStep;
        if (acted || runner.LastRow is not { Found: false }) await LookAgain(runner, ct);
        for (var look = 0; look < PendingPauses.Length && acted && runner.LastRow is { Found: true, InForce: false }; look++)
        {
            await Task.Delay(PendingPauses[look], run.Clock, ct);
            runner.IsFresh = false;
            await LookAgain(runner, ct);
        }
        if (!_again && failure?.Code == "session-expired" && runner.LastRow is { InForce: true })
        {
            _again = true;
            return await Inverse(ct);
        }
        await run.Film.Shoot(run.Film.Begin("verified", "picture"), "verified", _window, ct);
        var gone = runner.LastRow is { Found: false };
        return new RunReport(run.Wish.Id, gone ? null : failure?.Code ?? "still-in-list") { Step = gone ? null : step, Detail = gone ? "" : failure?.Detail ?? "", Present = gone ? false : Standing(runner.LastRow), Verified = gone, Changed = acted && gone };
    }
}
