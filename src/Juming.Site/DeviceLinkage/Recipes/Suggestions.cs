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
        if (RecipeEdit.Healed(row.Yaml, recipe, last) is not { } yaml || yaml == row.Yaml) return null;
        var earlier = await db.Suggestions.Where(s => s.RecipeId == row.Id && s.DeviceId == run.DeviceId && s.Yaml != "").ToListAsync(CancellationToken.None);
        if (earlier.Exists(s => s.Yaml == yaml && s.Taken != true)) return null;
        // What is found now stands for the console as it is; what was found earlier is over.
        foreach (var open in earlier.Where(s => s.Taken is null)) (open.Taken, open.DecidedAt) = (false, now);
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
            Changes = JsonSerializer.Serialize(last.Select(h => h.ToStep())),
            Yaml = yaml,
            At = now,
        }).Entity;
    }
}
