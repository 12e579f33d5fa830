using System.Globalization;
using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Learning;

/// <summary>
/// Finds the page on which a console blocks addresses, by the trade's words and by what such a page is made of. It follows menus and opens forms; it
/// presses nothing whose words could change anything.
/// </summary>
internal sealed class ConsoleExplorer(DeviceWindow window, Film film, TimeProvider clock)
{
    private const int MostClicks = 24;

    // Some addresses may stand in a log or a list of exceptions too; half of a list, or ten of them, with a way to add another do not.
    private const int Enough = 3;
    private const int Many = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HashSet<string> _pressed = [];

    /// <summary>How much the entry that was pressed last sounds like a list of blocked addresses.</summary>
    private double _worth;

    /// <summary>Addresses that the list held when it was last seen; empty for a console that nobody has seen.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>The list that was found shows addresses that it is known to hold.</summary>
    public bool IsFamiliar { get; private set; }

    /// <summary>Specifications of the clicks that led from the first page to the list, in order.</summary>
    public List<JsonElement> Way { get; private set; } = [];

    /// <summary>What the list's page is made of.</summary>
    public JsonElement Page { get; private set; }

    /// <summary>Goes to the list; true when it was found.</summary>
    public async Task<bool> FindList(CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var ways = new List<(double Score, List<JsonElement> Way, JsonElement Item)>();
        var way = new List<JsonElement>();
        _pressed.Clear();
        for (var clicks = 0; clicks <= MostClicks && clock.GetElapsedTime(started) < Patience; clicks++)
        {
            await window.Quiet(10_000, ct, 40);
            if (await IsList(ct))
            {
                Way = way;
                return true;
            }
            if (SignIn.SignInSkill.Flag(await window.Call("e => e.signIn.standing()", null, ct), "form")) throw new ConsoleFailedException("session-expired");
            foreach (var item in (await window.Call("e => e.explore.menu()", null, ct)).EnumerateArray())
                if (!_pressed.Contains(item.GetProperty("key").GetString()!) && item.GetProperty("score").GetDouble() >= 1) ways.Add((item.GetProperty("score").GetDouble() + (way.Count * 0.1), way, item.Clone()));
            var next = ways.Where(w => !_pressed.Contains(Key(w.Item))).OrderByDescending(w => w.Score).FirstOrDefault();
            if (next.Item.ValueKind != JsonValueKind.Object) return false;
            way = await Follow(next.Way, way, next.Item, ct);
        }
        return false;
    }

    private async Task<List<JsonElement>> Follow(List<JsonElement> from, List<JsonElement> at, JsonElement item, CancellationToken ct)
    {
        _pressed.Add(Key(item));
        _worth = item.GetProperty("score").GetDouble();
        var step = film.Begin("explore", "click");
        // An entry of another branch: menus mostly stay where they are; where not, the way is walked from the start.
        if (!await TryPress(item, ct))
        {
            await window.Load(window.Home, ct);
            foreach (var earlier in from) await TryPress(earlier, ct);
            if (!await TryPress(item, ct))
            {
                step.End("missing", SignInSkill.Text(item, "text"));
                return at;
            }
        }
        step.End("done", SignInSkill.Text(item, "text"));
        return [.. from, item];
    }

    private async Task<bool> TryPress(JsonElement item, CancellationToken ct)
    {
        var found = await window.Call("(e, a) => e.find(a.spec, a.o)", new { spec = item.GetProperty("spec"), o = new { kind = "click", need = RecipeRunner.EnoughToChange, margin = 0.0, wait = 250 } }, ct);
        if (!SignInSkill.Flag(found, "found")) return false;
        await window.ClickAt(found.GetProperty("x").GetDouble(), found.GetProperty("y").GetDouble(), ct);
        await window.Quiet(10_000, ct, 40);
        return true;
    }

    /// <summary>A list of addresses, a way to add one, and words that say what the list is for.</summary>
    private async Task<bool> IsList(CancellationToken ct)
    {
        var step = film.Begin("explore", "look");
        Page = await window.Call("e => e.explore.page()", null, ct);
        var about = Page.GetProperty("about").GetInt32();
        var adds = Page.GetProperty("adds").GetArrayLength() > 0 || Page.GetProperty("inline").ValueKind == JsonValueKind.Object;
        var seen = Page.GetProperty("listed").EnumerateArray().Count(a => Known.Contains(a.GetString() ?? ""));
        IsFamiliar = adds && seen >= Math.Max(Math.Clamp(Known.Count, 2, Enough), Math.Min(Many, Known.Count / 2));
        var list = Page.GetProperty("column").ValueKind == JsonValueKind.String || SignInSkill.Flag(Page, "empty") || Page.GetProperty("addresses").GetInt32() > 0;
        step.End("done", string.Create(CultureInfo.InvariantCulture, $"about {about}, known {seen}, add {(adds ? "yes" : "no")}, list {(list ? "yes" : "no")} at {window.Page.Url}: {string.Join(" | ", Page.GetProperty("heads").EnumerateArray().Select(h => h.GetString()))}"));
        // Where it is known what stands on the list, a page that is only called like one is another: the one of exceptions looks the same.
        if (IsFamiliar || Known.Count >= 2) return IsFamiliar;
        return about >= 3 ? adds && list : about >= 1 && adds && list && (Page.GetProperty("column").ValueKind == JsonValueKind.String) && _worth >= 8;
    }

    private static string Key(JsonElement item) => item.GetProperty("key").GetString()!;
}
