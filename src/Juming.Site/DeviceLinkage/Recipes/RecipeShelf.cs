using System.Collections.Concurrent;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Recipes that are read already, by the row that holds them.</summary>
internal sealed class RecipeCache
{
    private readonly ConcurrentDictionary<Guid, Recipe> _read = new();

    /// <summary>A row's recipe. What stands in a row was read once before it was kept; one of a later release may still be unknown here.</summary>
    public Recipe? Of(RecipeRow row)
    {
        if (_read.TryGetValue(row.Id, out var known)) return known;
        return RecipeReader.Read(row.Yaml).Recipe is { } recipe ? _read.GetOrAdd(row.Id, recipe) : null;
    }
}

/// <summary>Finds the recipe for a device: one that was found on it comes before one for its vendor and product.</summary>
internal sealed class RecipeShelf(LinkageDb db)
{
    public async Task<IReadOnlyList<RecipeRow>> Approved(CancellationToken ct) =>
        await db.Recipes.AsNoTracking().Where(r => r.State == RecipeState.Approved).OrderByDescending(r => r.Version).ToListAsync(ct);

    public async Task<RecipeRow?> For(DeviceRow device, string capability, CancellationToken ct) =>
        Choose(await db.Recipes.AsNoTracking().Where(r => r.State == RecipeState.Approved && r.Capability == capability && (r.DeviceId == device.Id || r.DeviceId == null)).ToListAsync(ct), device, capability);

    public static IReadOnlyList<string> Capabilities(IReadOnlyList<RecipeRow> approved, DeviceRow device) =>
        [.. approved.Select(r => r.Capability).Distinct().Where(c => Choose(approved, device, c) is not null).Order(StringComparer.Ordinal)];

    private static RecipeRow? Choose(IEnumerable<RecipeRow> rows, DeviceRow device, string capability) => rows
        .Where(r => r.Capability == capability && Fits(r, device))
        .OrderByDescending(r => r.DeviceId is not null).ThenByDescending(r => r.Product.Length > 0).ThenByDescending(r => r.Version).FirstOrDefault();

    private static bool Fits(RecipeRow row, DeviceRow device)
    {
        if (row.DeviceId is { } own) return own == device.Id;
        return row.Vendor.Length > 0 && row.Vendor.Equals(device.Vendor, StringComparison.OrdinalIgnoreCase) && (row.Product.Length == 0 || row.Product.Equals(device.Model, StringComparison.OrdinalIgnoreCase));
    }
}
