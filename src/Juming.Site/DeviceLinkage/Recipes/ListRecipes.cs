using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Recipes, drafts first, one page at a time.</summary>
internal sealed record ListRecipes : IQuery<RecipePage>, INeeds<LinkageRead>
{
    /// <summary>One state; null for drafts and those in use.</summary>
    public RecipeState? State { get; init; }

    /// <summary>Only recipes for which a run suggests something that waits for a decision.</summary>
    public bool Suggested { get; init; }

    /// <summary>Only what was found on this device.</summary>
    public Guid? Device { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One recipe with its text and what runs suggest for it.</summary>
internal sealed record GetRecipe(Guid Id) : IQuery<RecipeDossier>, INeeds<LinkageRead>;

/// <summary>A recipe in the list.</summary>
internal sealed record RecipeView(Guid Id, string Name, int Version, string Capability, string Vendor, string Product, Guid? Device, string? DeviceName, RecipeState State, RecipeOrigin Origin, Guid? Rehearsal, DateTimeOffset CreatedAt, string DecidedBy, DateTimeOffset? DecidedAt, int Suggestions);

/// <summary>Recipes and how many fit.</summary>
internal sealed record RecipePage(IReadOnlyList<RecipeView> Items, int Total);

/// <summary>A recipe, its text, open suggestions, and its other versions, the latest first.</summary>
internal sealed record RecipeDossier(RecipeView Recipe, string Yaml, IReadOnlyList<SuggestionView> Suggestions, IReadOnlyList<RecipeView> Versions);

file sealed class Validator : AbstractValidator<ListRecipes>
{
    public Validator()
    {
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(LinkageDb db, SuggestionReader suggestions) : IQueryHandler<ListRecipes, RecipePage>, IQueryHandler<GetRecipe, RecipeDossier>
{
    public async Task<Result<RecipePage>> Handle(ListRecipes request, CancellationToken cancellationToken)
    {
        var found = request.State is { } state ? db.Recipes.Where(r => r.State == state) : db.Recipes.Where(r => r.State != RecipeState.Retired);
        if (request.Suggested) found = found.Where(r => db.Suggestions.Any(s => s.RecipeId == r.Id && s.Taken == null && s.Yaml != ""));
        if (request.Device is { } device) found = found.Where(r => r.DeviceId == device);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.AsNoTracking().OrderByDescending(r => r.State == RecipeState.Draft).ThenByDescending(r => r.CreatedAt).ThenBy(r => r.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new RecipePage(await Views(rows, cancellationToken), total);
    }

    public async Task<Result<RecipeDossier>> Handle(GetRecipe request, CancellationToken cancellationToken)
    {
        var row = await db.Recipes.AsNoTracking().FirstOrDefaultAsync(r => r.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchRecipe;
        var versions = await db.Recipes.AsNoTracking().Where(r => r.Name == row.Name && r.Id != row.Id).OrderByDescending(r => r.Version).Take(20).ToListAsync(cancellationToken);
        return new RecipeDossier((await Views([row], cancellationToken))[0], row.Yaml, await suggestions.OfRecipe(row, cancellationToken), await Views(versions, cancellationToken));
    }

    private async Task<IReadOnlyList<RecipeView>> Views(IReadOnlyList<RecipeRow> rows, CancellationToken ct)
    {
        var ids = rows.Select(r => r.Id).ToList();
        var devices = rows.Select(r => r.DeviceId).OfType<Guid>().Distinct().ToList();
        var names = await db.Devices.Where(d => devices.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, ct);
        var open = await db.Suggestions.Where(s => ids.Contains(s.RecipeId) && s.Taken == null && s.Yaml != "").GroupBy(s => s.RecipeId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return [.. rows.Select(r => new RecipeView(r.Id, r.Name, r.Version, r.Capability, r.Vendor, r.Product, r.DeviceId, r.DeviceId is { } d ? names.GetValueOrDefault(d) : null, r.State, r.Origin, r.RehearsalId, r.CreatedAt, r.DecidedBy, r.DecidedAt, open.GetValueOrDefault(r.Id)))];
    }
}
