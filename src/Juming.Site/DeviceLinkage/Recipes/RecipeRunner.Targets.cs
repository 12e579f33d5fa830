using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recipes;

internal sealed partial class RecipeRunner
{
    /// <summary>Score that a target needs to be read or opened.</summary>
    public const double EnoughToRead = 0.6;

    /// <summary>Score that a target needs for a step that changes the device.</summary>
    public const double EnoughToChange = 0.8;

    /// <summary>How far the best must be ahead of the next.</summary>
    public const double Margin = 0.15;

    /// <summary>How long a still page is looked at before its target counts as gone.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    private async Task<JsonElement> Find(Step step, string kind, FilmStep film, object? more, CancellationToken ct)
    {
        var target = step.Target ?? throw new ConsoleFailedException("recipe-target", step.Id);
        var mutates = step.Mutates || ChangesRow(target);
        var spec = Spec(target);
        var started = clock.GetTimestamp();
        TimeSpan? still = null;
        while (true)
        {
            var found = await window.Call("(e, a) => e.find(a.spec, { ...a.o, ...a.more })", new { spec, o = new { kind, need = mutates ? EnoughToChange : EnoughToRead, margin = Margin, wait = step.Optional ? 0 : 200 }, more = more ?? new { } }, ct);
            film.Candidates = [.. found.GetProperty("list").EnumerateArray().Select(c => new FilmCandidate(c.GetProperty("score").GetDouble(), SignInSkill.Text(c, "role"), SignInSkill.Text(c, "name"), SignInSkill.Flag(c, "covered")))];
            if (SignInSkill.Flag(found, "found")) return Accept(step, target, found, mutates);
            var waited = clock.GetElapsedTime(started);
            if (_isStill && !SignInSkill.Flag(found, "busy")) return await Heal(step, kind, found, more, film, ct) ?? throw await Missing(target, SignInSkill.Text(found, "why"), ct);
            var idle = !SignInSkill.Flag(found, "busy") && (!step.Optional || await window.Quiet(step.Optional ? 3000 : 100, ct));
            still = idle ? still ?? waited : null;
            var why = SignInSkill.Text(found, "why");
            if (why == "disabled" && idle && waited > TimeSpan.FromSeconds(1)) throw new ConsoleFailedException("no-permission", target.Words);
            if (waited > (step.Timeout ?? run.StepPatience) || (still is { } since && waited - since > (step.Optional ? TimeSpan.FromMilliseconds(60) : Grace))) return await Heal(step, kind, found, more, film, ct) ?? throw await Missing(target, why, ct);
        }
    }

    /// <summary>The session is over: the form is back, or the console says so on a page, often in a frame alone, that leads there.</summary>
    private async Task<bool> HasEnded(CancellationToken ct)
    {
        var standing = await window.Call("e => e.signIn.standing()", null, ct);
        return SignInSkill.Flag(standing, "form") || Strings(standing.GetProperty("telling")).Any(SignInWords.SaysExpired);
    }

    private JsonElement Accept(Step step, Target target, JsonElement found, bool mutates)
    {
        if (!SignInSkill.Flag(found, "healed")) return found;
        var best = found.GetProperty("target");
        // Menus have broad words: another entry of the same kind is no better than any, and the list's page is what tells.
        if (_leading && FindsLists && best.GetProperty("score").GetDouble() < EnoughToChange) throw new ConsoleFailedException("page-changed", target.Words);
        // A person must agree before anything is changed by way of other words.
        if (mutates && (Acted || step.Optional)) throw new ConsoleFailedException("page-changed", target.Words);
        Healings.Add(new Healing(step.Id, target.Words, SignInSkill.Text(best, "name"), best.GetProperty("score").GetDouble(), Healing.Synonym) { Spec = found.GetProperty("spec"), InRow = target.In is not null });
        _guessed |= mutates;
        return found;
    }

    private async Task<ConsoleFailedException> Missing(Target target, string why, CancellationToken ct)
    {
        if (!_isStill && await HasEnded(ct)) return new ConsoleFailedException("session-expired");
        return new ConsoleFailedException(why == "ambiguous" ? "ambiguous" : "page-changed", target.Words);
    }

    /// <summary>What is pressed inside a row of the list changes it, whatever the step is called.</summary>
    private static bool ChangesRow(Target target) => target.In is not null && target.Role is not "checkbox";

    private object Spec(Target target) => new
    {
        role = target.Role,
        name = Filled(target.Name),
        label = Filled(target.Label),
        text = Filled(target.Text),
        placeholder = Filled(target.Placeholder),
        near = target.Near.Count > 0 ? Filled(target.Near) : null,
        id = target.Id,
        field = target.Field,
        css = target.Css,
        data = target.Data,
        // A link that leads to another page puts nothing into effect.
        strict = target.Strict,
        @in = target.In is { } name ? run.Values.Row(name.Trim('$', '{', '}').Split('.')[0])?.Wanted ?? throw new ConsoleFailedException("recipe-target", name) : null,
    };

    private IReadOnlyList<string> Filled(IReadOnlyList<string> texts) => [.. texts.Select(run.Values.Fill)];

    private async Task Click(Step step, FilmStep film, CancellationToken ct)
    {
        var sure = Acted && !ReadsBack && IsConfirm(step);
        var mutates = step.Mutates || ChangesRow(step.Target!) || sure;
        // A button that stood there before the act asks nothing about it: it belongs to a form that is always open, and would send that one.
        var found = await Find(step with { Mutates = mutates }, "click", film, sure && step.Optional ? new { unless = _standing } : null, ct);
        if (mutates && !Acted && !await PassPoint(found, film, ct)) return;
        await PressAt(found, ct);
        if (mutates) await Refused(step, ct);
    }

    /// <summary>The question whether one is sure, drawn by the page itself, belongs to the act before it.</summary>
    private static bool IsConfirm(Step step) => step.Target is { In: null, Role: "button" };

    private async Task PressAt(JsonElement found, CancellationToken ct)
    {
        await window.ClickAt(found.GetProperty("x").GetDouble(), found.GetProperty("y").GetDouble(), ct);
        await window.Quiet(10_000, ct, 20);
    }

    private async Task Submit(Step step, FilmStep film, CancellationToken ct)
    {
        if (step.Target is null) throw new ConsoleFailedException("recipe-target", step.Id);
        var found = await Find(step, "click", film, null, ct);
        if (!await PassPoint(found, film, ct)) return;
        await PressAt(found, ct);
        await Refused(step, ct);
    }

    private async Task Commit(Step step, FilmStep film, CancellationToken ct)
    {
        if (step.Target is null) return;
        var found = await Find(step with { Target = step.Target with { Strict = true } }, "click", film, null, ct);
        if (_guessed) throw new ConsoleFailedException(HealingWaits, SignInSkill.Text(found.GetProperty("target"), "name"));
        await Mark(ct);
        await PressAt(found, ct);
        await Effect(step, ct);
        await Refused(step, ct);
    }

    /// <summary>Putting into effect takes its time on many devices: until they say how it went, or say nothing and rest.</summary>
    private async Task Effect(Step step, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        TimeSpan? rest = null;
        while (clock.GetElapsedTime(started) < (step.Timeout ?? TimeSpan.FromSeconds(60)))
        {
            if ((await Told(ct)).Any(s => RunWords.SaysDone(s) || RunWords.Refusal(s) is not null)) return;
            var waited = clock.GetElapsedTime(started);
            var works = !await window.Quiet(100, ct) || await Has(RunWords.Working, ct);
            rest = works ? null : rest ?? waited;
            if (rest is { } since && waited - since > TimeSpan.FromMilliseconds(700)) return;
            await Task.Delay(40, ct);
        }
    }

    /// <summary>The point of no return: everything before it left no trace on the device. A rehearsal ends here, with a picture of what it would press.</summary>
    private async Task<bool> PassPoint(JsonElement found, FilmStep film, CancellationToken ct)
    {
        if (run.Rehearsal || _guessed)
        {
            await window.Call("(e, a) => e.highlight([a])", new { x = found.GetProperty("x").GetDouble(), y = found.GetProperty("y").GetDouble(), w = found.GetProperty("w").GetDouble(), h = found.GetProperty("h").GetDouble() }, ct);
            await run.Film.Shoot(film, "would-press", window, ct);
            if (_guessed) throw new ConsoleFailedException(HealingWaits, SignInSkill.Text(found.GetProperty("target"), "name"));
            film.End("rehearsed", SignInSkill.Text(found.GetProperty("target"), "name"));
            (Rehearsed, _stopped) = (true, true);
            return false;
        }
        await run.Film.Shoot(film, "before", window, ct);
        await Mark(ct);
        await run.BeforeSubmit(ct);
        Acted = true;
        return true;
    }

    private async Task Mark(CancellationToken ct)
    {
        // A word of the act before may be under way: heard a moment later, it would pass for the answer to this one.
        var now = await window.Call("e => { e.forget(); return { at: e.now(), lines: e.telling(), buttons: e.buttons() }; }", null, ct);
        window.ForgetSaid(now.GetProperty("at").GetInt64());
        (_known, _standing) = (Strings(now.GetProperty("lines")), Strings(now.GetProperty("buttons")));
    }

    /// <summary>What the console has said since the last act and had not said before it.</summary>
    private async Task<IReadOnlyList<string>> Told(CancellationToken ct)
    {
        var now = Strings(await window.Call("e => e.telling()", null, ct));
        return [.. window.Said, .. now.Where(l => !_known.Contains(l))];
    }

    private async Task Refused(Step step, CancellationToken ct)
    {
        foreach (var said in await Told(ct))
        {
            if (Mapped(step, said)) return;
            switch (RunWords.Refusal(said))
            {
                case null: continue;
                case "already-there":
                    (Returned, ReturnedChanged, _stopped) = ("already-there", false, true);
                    return;
                case { } code: throw new ConsoleFailedException(code, said);
            }
        }
    }

    /// <summary>The recipe's own reading of what is said: "noop", or "fail:code".</summary>
    private bool Mapped(Step step, string said)
    {
        foreach (var (words, meaning) in step.OnText)
        {
            if (!said.Contains(words, StringComparison.OrdinalIgnoreCase)) continue;
            if (meaning.StartsWith("fail:", StringComparison.Ordinal)) throw new ConsoleFailedException(meaning[5..].Replace('_', '-'), said);
            (Returned, ReturnedChanged, _stopped) = ("already-there", false, true);
            return true;
        }
        return false;
    }

    private async Task Fill(Step step, FilmStep film, CancellationToken ct)
    {
        var value = run.Values.Fill(step.Value ?? "");
        var found = await Find(step, "fill", film, new { value }, ct);
        if (SignInSkill.Text(found, "value") == value) return;
        // A field that takes only what is typed.
        await window.ClickAt(found.GetProperty("x").GetDouble(), found.GetProperty("y").GetDouble(), ct);
        await window.Page.Keyboard.PressAsync("Control+A");
        await window.Page.Keyboard.InsertTextAsync(value);
    }

    private async Task Select(Step step, FilmStep film, CancellationToken ct)
    {
        var options = step.OptionsBy.Count > 0 ? [step.OptionsBy.GetValueOrDefault(run.Values.Fill(step.Value ?? ""), "")] : Filled(step.Options);
        var found = await Find(step, "select", film, new { options }, ct);
        if (!SignInSkill.Flag(found, "custom"))
        {
            if (SignInSkill.Text(found, "chosen").Length > 0) return;
            if (OtherOption(step, found) is not { } other) throw new ConsoleFailedException("page-changed", string.Join(" / ", options));
            await Choose(step, other, film, ct);
            return;
        }
        await PressAt(found, ct);
        await PressAt(await Find(step with { Target = new Target { Text = options }, Optional = false }, "click", film, null, ct), ct);
    }

    private async Task Check(Step step, FilmStep film, CancellationToken ct)
    {
        var found = await Find(step, "check", film, null, ct);
        if (SignInSkill.Flag(found, "checked") != (step.Value != "false")) await PressAt(found, ct);
    }

    private static HashSet<string> Strings(JsonElement array) => array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().Select(i => i.GetString() ?? "")] : [];
}
