using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>What a run suggests, with what a person decides by; the words are the page's.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Recipe">The recipe that it would follow.</param>
/// <param name="Run">The run that found it.</param>
/// <param name="DeviceName">The device that has changed.</param>
/// <param name="Changes">What would be done otherwise, step by step.</param>
/// <param name="Before">Path of a picture of the place as the recipe knows it; null when there is none.</param>
/// <param name="Now">Path of a picture of the place as it is; null when there is none.</param>
/// <param name="At">When it was found.</param>
internal sealed record SuggestionView(Guid Id, Guid Recipe, Guid Run, string DeviceName, IReadOnlyList<HealedStep> Changes, string? Before, string? Now, DateTimeOffset At);

/// <summary>One open suggestion.</summary>
internal sealed record GetSuggestion(Guid Id) : IQuery<SuggestionView>, INeeds<LinkageRead>;

file sealed class Handler(LinkageDb db, SuggestionReader reader) : IQueryHandler<GetSuggestion, SuggestionView>
{
    public async Task<Result<SuggestionView>> Handle(GetSuggestion request, CancellationToken cancellationToken)
    {
        var recipe = await db.Recipes.AsNoTracking().FirstOrDefaultAsync(r => db.Suggestions.Any(s => s.Id == request.Id && s.RecipeId == r.Id), cancellationToken);
        return recipe is not null && (await reader.OfRecipe(recipe, cancellationToken)).FirstOrDefault(s => s.Id == request.Id) is { } found ? found : LinkageErrors.NoSuchSuggestion;
    }
}

/// <summary>Reads open suggestions.</summary>
internal sealed class SuggestionReader(LinkageDb db)
{
    public async Task<IReadOnlyList<SuggestionView>> OfRecipe(RecipeRow recipe, CancellationToken ct) =>
        await Views(await Open(recipe.State == RecipeState.Approved ? recipe.Id : Guid.Empty).ToListAsync(ct), recipe, ct);

    public async Task<SuggestionView?> OfRun(RunRow run, CancellationToken ct)
    {
        if (await db.Recipes.AsNoTracking().FirstOrDefaultAsync(r => r.Id == run.RecipeId && r.State == RecipeState.Approved, ct) is not { } recipe) return null;
        return (await Views(await Open(recipe.Id).Where(s => s.RunId == run.Id).ToListAsync(ct), recipe, ct)).FirstOrDefault();
    }

    private IQueryable<SuggestionRow> Open(Guid recipe) => db.Suggestions.AsNoTracking().Where(s => s.RecipeId == recipe && s.Taken == null && s.Yaml != "").OrderByDescending(s => s.At).Take(50);

    private async Task<IReadOnlyList<SuggestionView>> Views(List<SuggestionRow> rows, RecipeRow recipe, CancellationToken ct)
    {
        if (rows.Count == 0) return [];
        var devices = rows.Select(r => r.DeviceId).OfType<Guid>().Distinct().ToList();
        var names = await db.Devices.Where(d => devices.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, ct);
        var before = recipe.RehearsalId is { } rehearsal ? await Picture(rehearsal, ct) : null;
        var views = new List<SuggestionView>();
        foreach (var row in rows)
            views.Add(new SuggestionView(row.Id, row.RecipeId, row.RunId, row.DeviceId is { } device ? names.GetValueOrDefault(device, "") : "", JsonSerializer.Deserialize<List<HealedStep>>(row.Changes) ?? [], before, await Picture(row.RunId, ct), row.At));
        return views;
    }

    /// <summary>Of a run's pictures the one that shows what would be pressed, or else the list, or the last.</summary>
    private async Task<string?> Picture(Guid run, CancellationToken ct)
    {
        var film = await db.Runs.Where(r => r.Id == run).Select(r => r.Film).FirstOrDefaultAsync(ct);
        var pictures = (film is null ? null : JsonSerializer.Deserialize<List<FilmStep>>(film))?.SelectMany(s => s.Pictures).ToList() ?? [];
        var name = pictures.LastOrDefault(p => p.Contains("would-press", StringComparison.Ordinal)) ?? pictures.LastOrDefault(p => p.Contains("-list", StringComparison.Ordinal)) ?? pictures.LastOrDefault();
        return name is null ? null : $"/api/linkage/runs/{run}/pictures/{name}";
    }
}
