using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Rehearses a recipe with a test address up to the point of no return; or, at a person's word, really blocks it, reads it back and takes it away again.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Device">Device that it is tried on.</param>
/// <param name="Target">What it is tried with: the test address, or what its first wanted input asks for; empty where it wants none.</param>
/// <param name="Real">True goes past the point of no return; the recipe was rehearsed before.</param>
/// <param name="Run">Identity for the run, so that it can be watched from its start.</param>
internal sealed record TryRecipe(Guid Recipe, Guid Device, string Target, bool Real, Guid Run) : ICommand<TrialVerdict>, INeeds<LinkageRecipes>;

/// <summary>What came of a trial.</summary>
/// <param name="Run">The run that rehearsed or blocked; null when none was begun.</param>
/// <param name="Undo">The run that took the block away; null when there was nothing to take away.</param>
/// <param name="Failure">Code of why it failed; null when it did not.</param>
/// <param name="Step">Step that failed.</param>
/// <param name="Detail">What the page said; attacker-controlled.</param>
/// <param name="MayRemain">What was tried may still stand on the device: somebody must look, or take it back by its own recipe.</param>
internal sealed record TrialVerdict(Guid? Run, Guid? Undo, string? Failure, string? Step, string Detail, bool MayRemain);

file sealed class Validator : AbstractValidator<TryRecipe>
{
    public Validator() => RuleFor(c => c.Target).MaximumLength(60).Must(t => t is not null && !t.Any(char.IsControl));
}

file sealed class Handler(LinkageDb db, RunDesk desk, IProtectedAddresses protectedAddresses, CurrentActor current) : ICommandHandler<TryRecipe, TrialVerdict>
{
    public async Task<Result<TrialVerdict>> Handle(TryRecipe request, CancellationToken cancellationToken)
    {
        var row = await db.Recipes.FirstOrDefaultAsync(r => r.Id == request.Recipe, cancellationToken);
        if (row is null || RecipeReader.Read(row.Yaml).Recipe is not { } recipe) return LinkageErrors.NoSuchRecipe;
        if (!await db.Devices.AnyAsync(d => d.Id == request.Device, cancellationToken)) return LinkageErrors.NoSuchDevice;
        if (row.DeviceId is { } own && own != request.Device) return LinkageErrors.NotForThisDevice;
        if (request.Real && row.RehearsalId is null) return LinkageErrors.NotRehearsed;
        var named = recipe.ProtectedCheck ?? recipe.Inputs.FirstOrDefault(i => i.Value.Required).Key;
        if (named is not null && request.Target.Length == 0) return LinkageErrors.NoTestAddress.With("value", request.Target);
        if (recipe.ProtectedCheck is not null && (!System.Net.IPAddress.TryParse(request.Target, out _) || (await protectedAddresses.Check(request.Target, cancellationToken)).Refusal is not null)) return LinkageErrors.NoTestAddress.With("value", request.Target);
        var given = new Dictionary<string, string> { ["comment"] = "juming test" };
        if (named is not null) given[named] = request.Target;
        var (inputs, wrong) = RunValues.Complete(recipe, given);
        if (wrong is not null) return new TrialVerdict(null, null, "invalid-input", null, wrong, false);
        var wish = new RunWish(request.Device, RunKind.Recipe, current.Actor) { Id = request.Run, Recipe = row, Steps = recipe, Capability = row.Capability, Inputs = inputs, Rehearsal = !request.Real && recipe.Mutates, Insists = true };
        return request.Real && recipe.Mutates ? await Round(wish, cancellationToken) : await Rehearse(row, recipe, wish, cancellationToken);
    }

    private async Task<TrialVerdict> Rehearse(RecipeRow row, Recipe recipe, RunWish wish, CancellationToken ct)
    {
        var report = await desk.Run(wish, ct);
        // Where the address is in the list already the rehearsal never came to what it would press.
        var failure = report.Failure ?? (recipe.Mutates && report.Verified != true ? "already-there" : null);
        if (failure is null)
        {
            row.RehearsalId = report.Run;
            await db.SaveChangesAsync(CancellationToken.None);
        }
        return new TrialVerdict(report.Run, null, failure, report.Step, report.Detail, false);
    }

    private async Task<TrialVerdict> Round(RunWish wish, CancellationToken ct)
    {
        var block = await desk.Run(wish, ct);
        // What stood there before is somebody's block and not ours to take away.
        if (block is { Failure: null, Changed: false }) return new TrialVerdict(block.Run, null, "already-there", null, "", false);
        if (block.Changed == false) return new TrialVerdict(block.Run, null, block.Failure, block.Step, block.Detail, false);
        // It is taken back by a recipe of its own, which is tried next.
        if (wish.Steps!.Rollback.Count == 0) return new TrialVerdict(block.Run, null, block.Failure, block.Step, block.Detail, true);
        var undo = await desk.Run(wish with { Id = Guid.CreateVersion7(), Kind = RunKind.Inverse }, CancellationToken.None);
        return new TrialVerdict(block.Run, undo.Run, block.Failure ?? undo.Failure, block.Failure is null ? undo.Step : block.Step, block.Failure is null ? undo.Detail : block.Detail, undo.Failure is not null || undo.Verified != true);
    }
}
