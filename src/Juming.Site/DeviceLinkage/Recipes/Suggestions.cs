using System.Text.Json;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Makes a suggestion of what a run found otherwise than its recipe says.</summary>
internal static class Suggestions
{
    /// <summary>
    /// The new suggestion, added but not saved; null where there is nothing to decide. Only what was walked up to the point of no return, or did its work, is
    /// suggested; what lies open already, or was turned down, is not suggested again.
    /// </summary>
    public static async Task<SuggestionRow?> Of(LinkageDb db, RunRow run, RunWish wish, IReadOnlyList<Healing> healings, RunReport report, DateTimeOffset now)
    {
        if (wish is not { Recipe: { State: RecipeState.Approved } row, Steps: { } recipe } || healings.Count == 0 || report.Failure is not (null or "healing-waits")) return null;
        // Of what was healed twice, as a choice and its field, each counts by itself; of the same, the last.
        var last = healings.Reverse().DistinctBy(h => (h.Step, h.How == Healing.Option)).Reverse().ToList();
        var earlier = await db.Suggestions.Where(s => s.RecipeId == row.Id && s.DeviceId == run.DeviceId && s.Yaml != "").ToListAsync(CancellationToken.None);
        // What another run found for other steps, as for taking a block away, stays with it.
        var open = earlier.Find(s => s.Taken is null);
        if (open is not null && RecipeReader.Read(open.Yaml).Recipe is { } suggested) recipe = suggested;
        if (RecipeEdit.Healed(open?.Yaml ?? row.Yaml, recipe, last) is not { } yaml || yaml == open?.Yaml) return null;
        if (earlier.Exists(s => s.Yaml == yaml && s is { Taken: false, DecidedBy.Length: > 0 })) return null;
        if (open is not null) (open.Taken, open.DecidedAt) = (false, now);
        var steps = last.ConvertAll(h => h.ToStep());
        if (open is not null) steps.InsertRange(0, (JsonSerializer.Deserialize<List<HealedStep>>(open.Changes) ?? []).Where(c => !steps.Exists(s => s.Step == c.Step)));
        var worst = last.MinBy(h => h.Way.Count > 0 ? 1 : h.Score)!.ToStep();
        return db.Add(new SuggestionRow
        {
            RecipeId = row.Id,
            RunId = run.Id,
            DeviceId = run.DeviceId,
            Step = worst.Step,
            Wanted = worst.Wanted,
            Found = worst.Found,
            Score = worst.Score,
            Changes = JsonSerializer.Serialize(steps),
            Yaml = yaml,
            At = now,
        }).Entity;
    }
}
