using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>What a runner needs beside the page.</summary>
internal sealed record RunnerSetting
{
    public required Film Film { get; init; }
    public required RunValues Values { get; init; }
    public required TimeSpan StepPatience { get; init; }
    public bool Rehearsal { get; init; }

    /// <summary>Takes away what the recipe put there.</summary>
    public bool Undoes { get; init; }

    /// <summary>Its reading counts by itself, so a list on another way must be known by what stands on it.</summary>
    public bool MustKnowList { get; init; }

    /// <summary>Addresses that the device's list held when it was last seen.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Last checks and the row in the database, right before the point of no return.</summary>
    public required Func<CancellationToken, Task> BeforeSubmit { get; init; }
}

/// <summary>
/// Carries out steps on a page. Each target is looked for among all visible elements of all frames in one call; a step that changes the device needs a
/// better score, and other words than the recipe's are never good enough for it.
/// </summary>
internal sealed partial class RecipeRunner(DeviceWindow window, Recipe recipe, RunnerSetting run, TimeProvider clock)
{
    private readonly Dictionary<string, Uri> _places = [];
    private HashSet<string> _known = [];
    private HashSet<string> _standing = [];
    private bool _stopped;

    // The page was seen to be still and without what an optional step looks for, and nothing was pressed since.
    private bool _isStill;

    /// <summary>True once something was pressed that changes the device.</summary>
    public bool Acted { get; private set; }

    /// <summary>The run was led to its end early: "already-there", or the recipe's own reason.</summary>
    public string? Returned { get; private set; }

    public bool? ReturnedChanged { get; private set; }

    /// <summary>The rehearsal came to the point of no return.</summary>
    public bool Rehearsed { get; private set; }

    public string CurrentStep { get; private set; } = "";

    public FoundRow? LastRow { get; private set; }

    public RunValues Values => run.Values;

    /// <summary>Address to which the leading clicks led; null when it is the same as before them.</summary>
    public Uri? ListPlace { get; set; }

    /// <summary>The page was loaded a moment ago and nothing was pressed since.</summary>
    public bool IsFresh { get; set; }

    public async Task Run(IReadOnlyList<Step> steps, bool skipLeading, CancellationToken ct)
    {
        _stopped = false;
        var leading = Leading(steps);
        var from = window.Page.Url;
        if (steps.Count > 0 && steps[0].Op != "open") IsFresh = false;
        for (var i = skipLeading ? leading : 0; i < steps.Count && !_stopped; i++)
        {
            if (i == leading && leading > 0) Remember(steps[leading - 1], from);
            try
            {
                _leading = i < leading;
                await One(steps[i], ct);
            }
            catch (ConsoleFailedException e) when (i < leading && e.Code is "page-changed" or "ambiguous" && FindsLists && (!Acted || ReadsBack))
            {
                // Menus that moved: the page itself may still be found by what it looks like.
                if (!await FindWay([.. steps.Take(leading)], ct)) throw;
                i = leading - 1;
            }
            finally
            {
                _leading = false;
            }
        }
    }

    /// <summary>Goes to the list anew and reads whether the row is there; asserts are left out.</summary>
    public Task Look(IReadOnlyList<Step> verify, CancellationToken ct) => Run([.. verify.Where(s => s.Op is not ("assert" or "screenshot"))], false, ct);

    /// <summary>Before the list is read anew: what the console said about the act is no answer to the buttons of the way there.</summary>
    public void BeginReadBack()
    {
        (LastRow, ReadsBack) = (null, true);
        window.ForgetSaid();
    }

    /// <summary>The act is over; only its outcome is still read.</summary>
    public bool ReadsBack { get; private set; }

    private static int Leading(IReadOnlyList<Step> steps)
    {
        var count = 0;
        while (count < steps.Count && steps[count].Op is "click" or "frame" && steps[count].Target?.In is null) count++;
        return count;
    }

    private void Remember(Step last, string from)
    {
        if (window.Page.Url == from || window.Page.Url == window.Home.AbsoluteUri || !Uri.TryCreate(window.Page.Url, UriKind.Absolute, out var place)) return;
        _places[last.Id] = place;
        ListPlace = place;
    }

    private async Task One(Step step, CancellationToken ct)
    {
        CurrentStep = step.Id;
        var film = run.Film.Begin(step.Id, step.Op);
        if (!step.Optional || step.Op is not ("click" or "commit")) _isStill = false;
        try
        {
            await Do(step, film, ct);
            _isStill = false;
            if (film.Outcome.Length == 0) film.End("done", film.Said);
        }
        catch (ConsoleFailedException e) when (step.Optional && e.Code is "page-changed" or "ambiguous" or "not-said" && step.Optional)
        {
            // Nothing was pressed: what comes next looks at the very page that was seen to be still.
            _isStill = step.Op is "click" or "commit";
            film.End("skipped");
        }
        catch (ConsoleFailedException e)
        {
            film.End(e.Code, e.Detail);
            throw;
        }
    }

    private Task Do(Step step, FilmStep film, CancellationToken ct) => step.Op switch
    {
        "open" => Open(step, ct),
        "click" => Click(step, film, ct),
        "submit" => Submit(step, film, ct),
        "commit" => Commit(step, film, ct),
        "fill" => Fill(step, film, ct),
        "select" => Select(step, film, ct),
        "check" => Check(step, film, ct),
        "press" => Press(step, ct),
        "wait" => Wait(step, ct),
        "dialog" => Arm(step),
        "frame" => Task.CompletedTask,
        "table.find" => FindRow(step, film, ct),
        "table.read" => ReadTable(step, ct),
        "read" => Read(step, film, ct),
        "assert" => Assert(step, film, ct),
        "if" => If(step, ct),
        "screenshot" => run.Film.Shoot(film, step.Value ?? step.Id, window, ct),
        "return" => Return(step),
        _ => throw new ConsoleFailedException("unknown-step", step.Op),
    };

    private async Task Open(Step step, CancellationToken ct)
    {
        if (step.Path is { } path)
        {
            await Load(new Uri(window.Origin.Address, run.Values.Fill(path)), ct);
            return;
        }
        if (step.Ref is not { } reference)
        {
            await Load(window.Home, ct);
            return;
        }
        if ((_places.GetValueOrDefault(reference) ?? ListPlace) is { } place)
        {
            await Load(place, ct);
            return;
        }
        // The address tells nothing about the page, as in frames: the way is walked again from the start.
        await Load(window.Home, ct);
        var until = recipe.Steps.ToList().FindIndex(s => s.Id == reference);
        await Run([.. recipe.Steps.Take(until + 1).Where(s => s.Op is "click" or "frame")], false, ct);
    }

    private async Task Load(Uri place, CancellationToken ct)
    {
        if (!IsFresh || window.Page.Url != place.AbsoluteUri) await window.Load(place, ct);
        IsFresh = false;
    }

    private async Task Press(Step step, CancellationToken ct)
    {
        await window.Page.Keyboard.PressAsync(step.Key ?? "Enter");
        await window.Quiet(5000, ct);
    }

    private Task Arm(Step step)
    {
        window.AcceptDialogs(step.Accept ? step.Expect : null);
        return Task.CompletedTask;
    }

    private async Task If(Step step, CancellationToken ct)
    {
        foreach (var inner in Holds(step.Expr ?? "") ? step.Then : step.Else)
        {
            if (_stopped) return;
            await One(inner, ct);
        }
    }

    private bool Holds(string expression)
    {
        try
        {
            return Expression.Holds(expression, run.Values.Of);
        }
        catch (ExpressionException e)
        {
            throw new ConsoleFailedException("recipe-condition", e.Message);
        }
    }

    private Task Return(Step step)
    {
        // That it is there already is worth something on the right list only.
        if (_guessed) throw new ConsoleFailedException(HealingWaits, Healings[^1].Found);
        (_stopped, Returned, ReturnedChanged) = (true, step.Reason ?? "returned", step.Changed);
        return Task.CompletedTask;
    }

    private async Task Wait(Step step, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var patience = step.Timeout ?? run.StepPatience;
        while (true)
        {
            var texts = step.Texts.Count == 0 || await Has(step.Texts, ct);
            var gone = step.Gone.Count == 0 || !await Has(step.Gone, ct);
            if (texts && gone) return;
            var waited = clock.GetElapsedTime(started);
            if (waited > patience || (step.Optional && waited > TimeSpan.FromMilliseconds(400) && await window.Quiet(100, ct))) throw new ConsoleFailedException("not-said", string.Join(" / ", step.Texts));
            await Task.Delay(40, ct);
        }
    }

    private async Task<bool> Has(IReadOnlyList<string> texts, CancellationToken ct) =>
        window.Said.Any(s => texts.Any(t => s.Contains(t, StringComparison.OrdinalIgnoreCase))) || (await window.Call("(e, a) => e.has(a)", texts.Select(run.Values.Fill), ct)).ValueKind == JsonValueKind.String;
}
