using System.Text;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes.Delivered;

/// <summary>Recipes that come from above, after a person of the site agreed: the next version of their name, in use for every device of their vendor and product.</summary>
internal sealed class RecipePacks(LinkageDb db, TimeProvider clock) : IPackTaker
{
    private const int MostLines = 400;

    public string Kind => ContentKinds.Recipes;

    public bool Acts => true;

    public async Task<Result<IReadOnlyList<PackChange>>> Compare(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return error;
        var now = await InUse(pack.Name, ct);
        return Result<IReadOnlyList<PackChange>>.Of(Lines(now?.Yaml ?? "", read.Value.Yaml));
    }

    public async Task<Result<Done>> Take(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return error;
        var (recipe, yaml) = read.Value;
        var all = await db.Recipes.Where(r => r.Name == recipe.Id && r.DeviceId == null).ToListAsync(ct);
        var row = all.Where(r => r.Yaml == yaml).MaxBy(r => r.Version);
        if (row?.State == RecipeState.Approved) return Done.Value;
        row ??= db.Add(new RecipeRow
        {
            Name = recipe.Id,
            Version = 1 + (await db.Recipes.Where(r => r.Name == recipe.Id).MaxAsync(r => (int?)r.Version, ct) ?? 0),
            Capability = recipe.Capability,
            Vendor = recipe.Vendor,
            Product = recipe.Product,
            Yaml = yaml,
            Origin = RecipeOrigin.Imported,
            CreatedAt = clock.GetUtcNow(),
        }).Entity;
        foreach (var older in all.Where(r => r != row && r.State == RecipeState.Approved)) older.State = RecipeState.Retired;
        (row.State, row.DecidedBy, row.DecidedAt) = (RecipeState.Approved, pack.By, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    public async Task<Result<Done>> Remove(string name, string operatorId, CancellationToken ct)
    {
        if (await InUse(name, ct) is { } row) row.State = RecipeState.Retired;
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    private Task<RecipeRow?> InUse(string name, CancellationToken ct) => db.Recipes.FirstOrDefaultAsync(r => r.Name == name && r.DeviceId == null && r.State == RecipeState.Approved, ct);

    private static Result<(Recipe Recipe, string Yaml)> Read(Pack pack)
    {
        var yaml = Encoding.UTF8.GetString(pack.Content.Span);
        var (recipe, faults) = RecipeReader.Read(yaml);
        if (recipe is null) return LinkageErrors.RecipeFaulty.With("line", faults[0].Line.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("reason", faults[0].Reason).With("count", faults.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (recipe.Id != pack.Name) return LinkageErrors.RecipeFaulty.With("line", "1").With("reason", $"its id is '{recipe.Id}', and the pack is named '{pack.Name}'").With("count", "1");
        return (recipe, yaml);
    }

    /// <summary>Lines that one of the two texts has and the other has not.</summary>
    private static List<PackChange> Lines(string before, string after)
    {
        var (was, now) = (Split(before), Split(after));
        var gone = was.Except(now, StringComparer.Ordinal).Select(l => new PackChange("", l, ""));
        var come = now.Except(was, StringComparer.Ordinal).Select(l => new PackChange("", "", l));
        return [.. gone.Concat(come).Take(MostLines)];
    }

    private static string[] Split(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
