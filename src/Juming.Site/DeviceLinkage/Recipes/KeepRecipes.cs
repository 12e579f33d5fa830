using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Takes in a recipe as a draft: the next version of its name. Faulty ones are refused with line and reason.</summary>
/// <param name="Yaml">The recipe, schema v1.</param>
/// <param name="Device">Only for this device; null for all of its vendor and product.</param>
internal sealed record ImportRecipe(string Yaml, Guid? Device = null) : ICommand<Guid>, INeeds<LinkageRecipes>;

/// <summary>Puts a draft or an earlier version to use, or puts a recipe away.</summary>
/// <param name="Id">The recipe.</param>
/// <param name="Use">True to use it; the version used before is put away.</param>
internal sealed record DecideRecipe(Guid Id, bool Use) : ICommand<Done>, INeeds<LinkageRecipes>;

/// <summary>Takes what a run found on a changed console as the recipe's next version, for that device alone, or turns it down.</summary>
internal sealed record DecideSuggestion(Guid Id, bool Take) : ICommand<Done>, INeeds<LinkageRecipes>;

file sealed class Validator : AbstractValidator<ImportRecipe>
{
    public Validator() => RuleFor(c => c.Yaml).NotEmpty().MaximumLength(200_000);
}

file sealed class Handler(LinkageDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<ImportRecipe, Guid>, ICommandHandler<DecideRecipe, Done>, ICommandHandler<DecideSuggestion, Done>
{
    public async Task<Result<Guid>> Handle(ImportRecipe request, CancellationToken cancellationToken)
    {
        var (recipe, faults) = RecipeReader.Read(request.Yaml);
        if (recipe is null) return LinkageErrors.RecipeFaulty.With("line", faults[0].Line.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("reason", faults[0].Reason).With("count", faults.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (request.Device is { } device && !await db.Devices.AnyAsync(d => d.Id == device, cancellationToken)) return LinkageErrors.NoSuchDevice;
        var row = db.Add(await Next(recipe, request.Yaml, request.Device, RecipeOrigin.Imported, cancellationToken)).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(DecideRecipe request, CancellationToken cancellationToken)
    {
        var row = await db.Recipes.FirstOrDefaultAsync(r => r.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchRecipe;
        if (request.Use && row.State == RecipeState.Approved) return LinkageErrors.NotADraft;
        if (request.Use && row is { Origin: RecipeOrigin.Recorded or RecipeOrigin.Ready, RehearsalId: null }) return LinkageErrors.NotRehearsed;
        await Decide(row, request.Use, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(DecideSuggestion request, CancellationToken cancellationToken)
    {
        var suggestion = await db.Suggestions.FirstOrDefaultAsync(s => s.Id == request.Id && s.Taken == null && s.Yaml != "", cancellationToken);
        if (suggestion is null) return LinkageErrors.NoSuchSuggestion;
        if (request.Take)
        {
            var row = await db.Recipes.FirstOrDefaultAsync(r => r.Id == suggestion.RecipeId, cancellationToken);
            if (row is null) return LinkageErrors.NoSuchRecipe;
            if (row.State != RecipeState.Approved || RecipeReader.Read(suggestion.Yaml).Recipe is not { } recipe) return LinkageErrors.SuggestionOutdated;
            // Others of the same model may still have the console as it was: only this device goes another way.
            var next = db.Add(await Next(recipe, suggestion.Yaml, row.DeviceId ?? suggestion.DeviceId, row.Origin, cancellationToken)).Entity;
            (next.RehearsalId, next.Vendor, next.Product) = (suggestion.RunId, row.Vendor, row.Product);
            await Decide(next, true, cancellationToken);
        }
        (suggestion.Taken, suggestion.DecidedBy, suggestion.DecidedAt) = (request.Take, current.Actor.Name, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    private async Task<RecipeRow> Next(Recipe recipe, string yaml, Guid? device, RecipeOrigin origin, CancellationToken ct) => new()
    {
        Name = recipe.Id,
        Version = 1 + (await db.Recipes.Where(r => r.Name == recipe.Id).MaxAsync(r => (int?)r.Version, ct) ?? 0),
        Capability = recipe.Capability,
        Vendor = recipe.Vendor,
        Product = recipe.Product,
        DeviceId = device,
        Yaml = yaml,
        State = RecipeState.Draft,
        Origin = origin,
        CreatedAt = clock.GetUtcNow(),
    };

    private async Task Decide(RecipeRow row, bool use, CancellationToken ct)
    {
        if (use)
            // One way on one device: what was found on it before, under whatever name, gives way.
            foreach (var older in await db.Recipes.Where(r => (r.Name == row.Name || (row.DeviceId != null && r.Capability == row.Capability)) && r.DeviceId == row.DeviceId && r.State == RecipeState.Approved).ToListAsync(ct)) older.State = RecipeState.Retired;
        (row.State, row.DecidedBy, row.DecidedAt) = (use ? RecipeState.Approved : RecipeState.Retired, current.Actor.Name, clock.GetUtcNow());
    }
}
