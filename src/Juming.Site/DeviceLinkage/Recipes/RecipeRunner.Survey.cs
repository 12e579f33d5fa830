using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recipes;

internal sealed partial class RecipeRunner
{
    /// <summary>
    /// Goes to the list anew and reads it once, page by page: which of many targets stand on it and are in force. Who is not among them may still be there,
    /// on a page that was not reached: that is for a look of its own.
    /// </summary>
    public async Task<IReadOnlySet<string>> Survey(IReadOnlyList<Step> verify, IReadOnlyList<string> targets, CancellationToken ct)
    {
        var at = verify.ToList().FindIndex(s => s.Op == "table.find" && s.Row.Count > 0);
        if (at < 0) throw new ConsoleFailedException("no-list");
        await Run([.. verify.Take(at)], false, ct);
        var find = verify[at];
        CurrentStep = find.Id;
        var film = run.Film.Begin(find.Id, "survey");
        await Settled(Filled(find.Row), find, ct);
        var (standing, left, before) = (new HashSet<string>(), targets.ToHashSet(), "");
        for (var page = 0; page < find.MaxPages && left.Count > 0; page++)
        {
            var seen = await window.Call("(e, a) => e.present(a.key, a.values)", new { key = find.Row.Keys.First(), values = left }, ct);
            if (SignInSkill.Text(seen, "signature") is var signature && signature == before && page > 0) break;
            before = signature;
            foreach (var row in seen.GetProperty("rows").EnumerateObject().Where(r => left.Remove(r.Name)))
                if (!row.Value.EnumerateArray().Any(c => RunWords.SaysNotInForce(c.GetString() ?? ""))) standing.Add(row.Name);
            if (SignInSkill.Point(seen, "next") is not { } next) break;
            await window.ClickAt(next.X, next.Y, ct);
            await window.Quiet(10_000, ct, 20);
        }
        film.End("done", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{standing.Count} / {targets.Count}"));
        return standing;
    }
}
