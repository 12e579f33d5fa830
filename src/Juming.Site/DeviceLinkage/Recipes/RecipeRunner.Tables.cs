using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recipes;

internal sealed partial class RecipeRunner
{
    private async Task FindRow(Step step, FilmStep film, CancellationToken ct)
    {
        var wanted = Filled(step.Row);
        LastRow = await Seek(wanted, step, ct);
        film.End("done", LastRow.Found ? string.Join(" | ", LastRow.Cells.Values.Distinct()) : "—");
        if (step.Save is { } name) run.Values.Save(name, LastRow);
    }

    /// <summary>Looks on this page of the list, then with the list's own search, then on its further pages.</summary>
    private async Task<FoundRow> Seek(IReadOnlyDictionary<string, string> wanted, Step step, CancellationToken ct)
    {
        var seen = await Settled(wanted, step, ct);
        if (Listed.Count == 0 && FindsLists) Listed = [.. Strings(await window.Call("e => e.explore.listed()", null, ct))];
        if (Row(seen, wanted) is { } here) return here;
        var more = seen.GetProperty("next").ValueKind == JsonValueKind.Object;
        if (more || (step.Search is not null && seen.GetProperty("count").GetInt32() >= 10))
        {
            if (SignInSkill.Flag(seen, "search") && step.MaxPages > 0)
            {
                seen = await Searched(wanted, step.Search is { } value ? run.Values.Fill(value) : wanted.Values.First(), step, ct);
                if (Row(seen, wanted) is { } found) return found;
            }
        }
        for (var page = 1; page < step.MaxPages && SignInSkill.Point(seen, "next") is { } next; page++)
        {
            var before = SignInSkill.Text(seen, "signature");
            await window.ClickAt(next.X, next.Y, ct);
            await window.Quiet(10_000, ct, 20);
            seen = await Settled(wanted, step, ct);
            if (Row(seen, wanted) is { } found) return found;
            if (SignInSkill.Text(seen, "signature") == before) break;
        }
        return new FoundRow(false, wanted, new Dictionary<string, string>(), false, false);
    }

    private async Task<JsonElement> Searched(IReadOnlyDictionary<string, string> wanted, string value, Step step, CancellationToken ct)
    {
        var press = await window.Call("(e, a) => e.search(a)", value, ct);
        if (press.ValueKind == JsonValueKind.Object && press.TryGetProperty("x", out var x)) await window.ClickAt(x.GetDouble(), press.GetProperty("y").GetDouble(), ct);
        else await window.Page.Keyboard.PressAsync("Enter");
        await window.Quiet(10_000, ct, 20);
        return await Settled(wanted, step, ct);
    }

    /// <summary>The list when it is there and still: an empty page is no proof that a row is absent.</summary>
    private async Task<JsonElement> Settled(IReadOnlyDictionary<string, string> wanted, Step step, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var seen = await window.Call("(e, a) => e.table(a)", wanted, ct);
            var idle = seen.GetProperty("busy").ValueKind == JsonValueKind.Null;
            if (idle && SignInSkill.Flag(seen, "found")) return seen;
            if (idle && SignInSkill.Flag(seen, "here") && await window.Quiet(100, ct, 20)) return await Again(wanted, seen, ct);
            var waited = clock.GetElapsedTime(started);
            if (waited > (step.Timeout ?? run.StepPatience) || (idle && waited > Grace && !SignInSkill.Flag(seen, "here")))
            {
                if (await HasEnded(ct)) throw new ConsoleFailedException("session-expired");
                throw new ConsoleFailedException("no-list", string.Join(", ", wanted.Keys));
            }
            await Task.Delay(25, ct);
        }
    }

    // Rows may have come between the look and the stillness.
    private async Task<JsonElement> Again(IReadOnlyDictionary<string, string> wanted, JsonElement seen, CancellationToken ct)
    {
        var last = await window.Call("(e, a) => e.table(a)", wanted, ct);
        return SignInSkill.Flag(last, "found") || SignInSkill.Flag(last, "here") ? last : seen;
    }

    private static FoundRow? Row(JsonElement seen, IReadOnlyDictionary<string, string> wanted) => !SignInSkill.Flag(seen, "found") ? null
        : new FoundRow(true, wanted, seen.GetProperty("row").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? ""), SignInSkill.Flag(seen, "deletable"), SignInSkill.Flag(seen, "selectable"));

    private async Task Assert(Step step, FilmStep film, CancellationToken ct)
    {
        if (step.Expr is { } expression && !Holds(expression)) throw new ConsoleFailedException("not-so", expression);
        if (step.Row.Count > 0 || step.NotRow.Count > 0) await AssertRow(step, ct);
        if (step.Texts.Count > 0 || step.NoneOf.Count > 0) await AssertSaid(step, film, ct);
    }

    private async Task AssertRow(Step step, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var wanted = Filled(step.Row.Count > 0 ? step.Row : step.NotRow);
        while (true)
        {
            LastRow = await Seek(wanted, step with { MaxPages = Math.Max(step.MaxPages, 50) }, ct);
            if (LastRow.Found == (step.Row.Count > 0)) return;
            if (clock.GetElapsedTime(started) > (step.Timeout ?? TimeSpan.FromSeconds(5))) throw new ConsoleFailedException(step.Row.Count > 0 ? "not-in-list" : "still-in-list", wanted.Values.First());
            await Task.Delay(100, ct);
        }
    }

    private async Task AssertSaid(Step step, FilmStep film, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var told = await Told(ct);
            foreach (var said in told)
            {
                if (Mapped(step, said)) return;
                if (step.NoneOf.FirstOrDefault(w => said.Contains(w, StringComparison.OrdinalIgnoreCase)) is not null) throw new ConsoleFailedException(RunWords.Refusal(said) ?? "refused", said);
            }
            if (told.FirstOrDefault(s => step.Texts.Any(t => s.Contains(t, StringComparison.OrdinalIgnoreCase))) is { } heard) { film.End("done", heard); return; }
            if (step.Texts.Count == 0 && await window.Quiet(200, ct)) return;
            if (clock.GetElapsedTime(started) > (step.Timeout ?? run.StepPatience)) throw new ConsoleFailedException("not-said", string.Join(" / ", step.Texts));
            await Task.Delay(30, ct);
        }
    }

    private async Task ReadTable(Step step, CancellationToken ct)
    {
        var rows = new List<Dictionary<string, string>>();
        for (var page = 0; page < step.MaxPages; page++)
        {
            await window.Quiet(5000, ct);
            var read = await window.Call("(e, a) => e.readTable(a)", step.Header, ct);
            if (!SignInSkill.Flag(read, "found")) throw new ConsoleFailedException("no-list", string.Join(", ", step.Header));
            rows.AddRange(read.GetProperty("rows").EnumerateArray().Select(r => r.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "")).Where(r => step.Where.All(w => w.Value.Contains(r.GetValueOrDefault(w.Key, ""), StringComparer.OrdinalIgnoreCase))));
            if (SignInSkill.Point(read, "next") is not { } next || rows.Count > 5000) break;
            await window.ClickAt(next.X, next.Y, ct);
            await window.Quiet(10_000, ct, 20);
            if (SignInSkill.Text(await window.Call("(e, a) => e.readTable(a)", step.Header, ct), "signature") == SignInSkill.Text(read, "signature")) break;
        }
        run.Values.Save(step.Save ?? step.Id, JsonSerializer.Serialize(rows));
    }

    private async Task Read(Step step, FilmStep film, CancellationToken ct)
    {
        // A figure stands beside the words that name it: the smallest block around them that holds what is looked for.
        var text = step.Reason == "near"
            ? SignInSkill.Text(await window.Call("(e, a) => ({ t: e.around(a.words, a.pattern) })", new { words = Filled(step.Target!.Text), pattern = step.Regex }, ct), "t")
            : SignInSkill.Text(await Find(step, "read", film, null, ct), "text");
        if (step.Regex is { } pattern)
        {
            var match = Regex.Match(text, pattern, RegexOptions.None, TimeSpan.FromMilliseconds(200));
            text = match.Success ? match.Groups[match.Groups.Count > 1 ? 1 : 0].Value : "";
        }
        if (text.Length == 0) throw new ConsoleFailedException("page-changed", step.Target!.Words);
        if (step.Cast == "number" && !double.TryParse(text, CultureInfo.InvariantCulture, out _)) throw new ConsoleFailedException("no-number", text);
        film.End("done", text);
        run.Values.Save(step.Save ?? step.Id, text.Trim());
    }

    private Dictionary<string, string> Filled(IReadOnlyDictionary<string, string> row) => row.ToDictionary(r => r.Key, r => run.Values.Fill(r.Value));
}
