using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>
/// Finds targets again on a console that has changed. What leads somewhere may be used at once; as soon as anything was guessed that decides about the
/// change itself, nothing is pressed any more: the run walks on to the point of no return, pictures what it would press, and leaves that to a person.
/// </summary>
internal sealed partial class RecipeRunner
{
    private const string HealingWaits = "healing-waits";

    private IReadOnlyList<JsonElement>? _way;
    private bool _leading;

    /// <summary>Something was found by more than words that mean the same: this run changes nothing.</summary>
    private bool _guessed;

    public List<Healing> Healings { get; } = [];

    /// <summary>Addresses that were to be seen on the list when it was first looked at.</summary>
    public IReadOnlyList<string> Listed { get; private set; } = [];

    private bool FindsLists => recipe.Capability.Contains("block", StringComparison.Ordinal);

    /// <summary>
    /// Goes to the list on another way than the recipe's. A list that shows addresses it is known to hold is the same list; one that is only called like
    /// one is taken for it when a person has agreed.
    /// </summary>
    private async Task<bool> FindWay(IReadOnlyList<Step> leading, CancellationToken ct)
    {
        if (_way is not null)
        {
            await window.Load(window.Home, ct);
            return await Walk(_way, ct);
        }
        await window.Load(window.Home, ct);
        var explorer = new ConsoleExplorer(window, run.Film, clock) { Known = run.Known };
        if (!await explorer.FindList(ct) || explorer.Way.Count == 0) return false;
        var way = explorer.Way.Select(w => w.GetProperty("spec")).ToList();
        // A later run walks from the start, and takes nothing that could be two things.
        await window.Load(window.Home, ct);
        if (!await Walk(way, ct)) return false;
        _way = way;
        var (wanted, found) = (string.Join(" › ", leading.Select(s => s.Target?.Words ?? s.Id)), string.Join(" › ", explorer.Way.Select(w => SignInSkill.Text(w, "text"))));
        Healings.Add(new Healing(leading[^1].Id, wanted, found, 0, explorer.IsFamiliar ? Healing.Entries : Healing.Words) { Way = way });
        var film = run.Film.Begin("way", "heal");
        await run.Film.Shoot(film, "list", window, ct);
        film.End("healed", found);
        if (explorer.IsFamiliar) return true;
        if (run.MustKnowList || ReadsBack) throw new ConsoleFailedException(HealingWaits, found);
        _guessed = true;
        return true;
    }

    private async Task<bool> Walk(IReadOnlyList<JsonElement> way, CancellationToken ct)
    {
        foreach (var spec in way)
        {
            var found = await window.Call("(e, a) => e.find(a.spec, a.o)", new { spec, o = new { kind = "click", need = EnoughToChange, margin = Margin, wait = 3000 } }, ct);
            if (!SignInSkill.Flag(found, "found")) return false;
            await PressAt(found, ct);
        }
        return true;
    }

    /// <summary>Another target for a step whose own is gone; null when there is none that is clear.</summary>
    private async Task<JsonElement?> Heal(Step step, string kind, JsonElement missed, object? more, FilmStep film, CancellationToken ct)
    {
        if (!recipe.Mutates || Acted || ReadsBack || _leading || kind is not ("click" or "fill" or "select")) return null;
        // What may be missing is looked for otherwise only where the console is known to have changed.
        if ((step.Optional && (Healings.Count == 0 || kind == "click")) || await HasEnded(ct)) return null;
        foreach (var (spec, how) in await Proposals(step, kind, missed, ct))
        {
            var inRow = how == Healing.Row || step.Target!.In is not null;
            var found = await window.Call("(e, a) => e.find({ ...a.spec, in: a.row }, { ...a.o, ...a.more })", new { spec, row = inRow ? LastRow?.Wanted : null, o = new { kind, need = step.Mutates || inRow ? EnoughToChange : EnoughToRead, margin = Margin, wait = 1500 }, more = more ?? new { } }, ct);
            if (!SignInSkill.Flag(found, "found")) continue;
            var name = SignInSkill.Text(found.GetProperty("target"), "name");
            Healings.Add(new Healing(step.Id, step.Target!.Words, name, film.Candidates.FirstOrDefault(c => c.Name == name)?.Score ?? 0, how) { Spec = spec, InRow = inRow });
            film.Note($"healed: {name} ({how})");
            _guessed = true;
            return found;
        }
        return null;
    }

    private async Task<IReadOnlyList<(JsonElement Spec, string How)>> Proposals(Step step, string kind, JsonElement missed, CancellationToken ct)
    {
        var found = new List<(JsonElement Spec, string How)>();
        if (missed.TryGetProperty("near", out var near) && near.ValueKind == JsonValueKind.Object && near.GetProperty("score").GetDouble() >= EnoughToRead) Add(near, Healing.Synonym);
        // What takes a block away stands in its row; what the form offers would add another.
        if (run.Undoes || step.Target!.In is not null) await InRow(found, ct);
        else if (kind is "fill" or "select" || step.Mutates) await InForm(step, kind, found, ct);
        else if (OpensForm(step))
            foreach (var add in (await window.Call("e => e.explore.page()", null, ct)).GetProperty("adds").EnumerateArray().Take(2)) Add(add, Healing.OpensForm);
        return found;

        void Add(JsonElement from, string how)
        {
            if (from.TryGetProperty("spec", out var spec) && spec.ValueKind == JsonValueKind.Object) found.Add((spec, how));
        }
    }

    /// <summary>A press is followed by a field: it opens a form and changes nothing.</summary>
    private bool OpensForm(Step step)
    {
        var at = recipe.Steps.ToList().FindIndex(s => s.Id == step.Id);
        return at >= 0 && at + 1 < recipe.Steps.Count && recipe.Steps[at + 1].Op is "fill" or "select";
    }

    private async Task InRow(List<(JsonElement Spec, string How)> found, CancellationToken ct)
    {
        if (LastRow is not { Found: true } row) return;
        var controls = (await window.Call("(e, a) => e.explore.controls(a)", row.Wanted, ct)).EnumerateArray().ToList();
        // By its words, or because there is nothing else that could be meant.
        if ((controls.Where(c => SignInSkill.Flag(c, "removes")).ToList() is [{ } one] ? one : controls is [{ } only] ? only : default) is { ValueKind: JsonValueKind.Object } control) found.Add((control.GetProperty("spec"), Healing.Row));
    }

    /// <summary>The form that an address is entered in, by what its fields mean and what sends it.</summary>
    private async Task InForm(Step step, string kind, List<(JsonElement Spec, string How)> found, CancellationToken ct)
    {
        var form = await window.Call("e => e.explore.form()", null, ct);
        if (form.ValueKind != JsonValueKind.Object) return;
        if (step.Mutates) found.Add((form.GetProperty("confirm").GetProperty("spec"), Healing.Form));
        else if (kind == "fill" && step.Value == $"${{{recipe.ProtectedCheck}}}" && recipe.ProtectedCheck is not null) found.Add((form.GetProperty("ip").GetProperty("spec"), Healing.Form));
        else
            foreach (var other in form.GetProperty("others").EnumerateArray().Where(o => Means(step, kind, SignInSkill.Text(o, "kind"), SignInSkill.Text(o, "means")))) found.Add((other.GetProperty("spec"), Healing.Form));
    }

    private static bool Means(Step step, string kind, string element, string means) => kind == "select"
        ? element == "select" && means is "term" or "minutes" && step.Options.Any(RecipeDraft.IsLongest)
        : element == "text" && step.Value switch { "${comment}" => means == "comment", "${minutes}" => means is "minutes" or "term", _ => false };

    /// <summary>A choice that lasts as long as can be is called otherwise now; null where the recipe chose something else.</summary>
    private string? OtherOption(Step step, JsonElement found)
    {
        if (Acted || Healings.Count == 0 || !step.Options.Any(RecipeDraft.IsLongest) || !found.TryGetProperty("choices", out var choices)) return null;
        return choices.EnumerateArray().Select(c => c.GetString() ?? "").FirstOrDefault(RecipeDraft.IsLongest);
    }

    private async Task Choose(Step step, string option, FilmStep film, CancellationToken ct)
    {
        var more = new { options = new[] { option } };
        var found = Healings.LastOrDefault(h => h.Step == step.Id && h.Spec.ValueKind == JsonValueKind.Object) is { } healed
            ? await window.Call("(e, a) => e.find(a.spec, { ...a.o, ...a.more })", new { spec = healed.Spec, o = new { kind = "select", need = EnoughToRead, margin = Margin, wait = 500 }, more }, ct)
            : await Find(step, "select", film, more, ct);
        if (SignInSkill.Text(found, "chosen").Length == 0) throw new ConsoleFailedException("page-changed", option);
        Healings.Add(new Healing(step.Id, string.Join(" / ", step.Options), option, 0, Healing.Option));
    }
}
