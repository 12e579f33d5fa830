using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Recorder;
using Juming.Testing;
using Juming.Testing.DeviceLinkage;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A person's hand in a recording: it finds words in the picture as eyes would, and presses there by mouse and types by keyboard, like the page's script.</summary>
internal sealed class Hand : IAsyncDisposable
{
    private readonly LinkedSite _site;
    private readonly HandWork _work;
    private bool _left;
    private (double X, double Y) _last;

    private Hand(LinkedSite site, Guid id, HandWork work) => (_site, Id, _work) = (site, id, work);

    public Guid Id { get; }

    public Juming.Site.DeviceLinkage.Browser.DeviceWindow Window => _work.Window!;

    public static async Task<Hand> Open(LinkedSite site, Guid device, string target, string capability = RecordedSubject.Block)
    {
        var opened = await site.Tier.Send(new OpenRecording(device, target, capability));
        Assert.That(opened.Error, Is.Null);
        var hand = new Hand(site, opened.Value, site.Tier.Services.GetRequiredService<RecordingDesk>().Hand(opened.Value)!);
        await Until(async () => (await hand.Seen()).State != RecordingState.Opening, 40);
        Assert.That((await hand.Seen()).Failure, Is.Null, () => site.Film(hand.Id));
        return hand;
    }

    public async Task<RecordingView> Seen() => (await _site.Tier.Send(new GetRecording(Id))).Value;

    public string Steps() => string.Join('\n', _site.Tier.Services.GetRequiredService<RecordingDesk>().Find(Id, Actor.CommandLine)!.Steps.Select(s => $"{s.Number} {s.Phase} {s.Op} {s.Words} {s.Value} row={s.Row} means={s.Means} search={s.Searches} lists={string.Join(';', s.Lists)} {string.Join(" ", s.Candidates.Select(c => $"{c.By}:{c.Score:0.00}/{c.Margin:0.00}"))}"));

    public async Task Turn(RecorderPhase phase) => Assert.That((await _site.Tier.Send(new TurnRecording(Id, phase))).Error, Is.Null);

    /// <summary>Presses what has these words, or stands in the row of an address.</summary>
    public async Task Press(string words, string? row = null, bool settle = true)
    {
        var before = (await Seen()).Steps.Count;
        var (x, y) = await Where("press", words, row);
        _work.Watched();
        _work.Take(new HandInput("move", x, y));
        _work.Take(new HandInput("down", x, y));
        _work.Take(new HandInput("up", x, y));
        if (settle) await Until(async () => (await Seen()).Steps.Count > before);
    }

    /// <summary>Presses into a field and types.</summary>
    public async Task Type(string label, string text, bool recorded = true)
    {
        var (x, y) = await Where("field", label, null);
        _work.Watched();
        _work.Take(new HandInput("down", x, y));
        _work.Take(new HandInput("up", x, y));
        _work.Take(new HandInput("text", V: text[..1]));
        _work.Take(new HandInput("text", V: text[1..]));
        if (recorded) await Until(async () => (await Seen()).Steps.Any(s => s.Op == "fill" && s.Value == text));
    }

    /// <summary>Opens a list of the browser's own and chooses beside the picture.</summary>
    public async Task Choose(string label, string option)
    {
        var (x, y) = await Where("list", label, null);
        _work.Watched();
        _work.Take(new HandInput("down", x, y));
        _work.Take(new HandInput("up", x, y));
        await Until(async () => (await Seen()).Question?.Options is not null);
        var at = (await Seen()).Question!.Options!.ToList().IndexOf(option);
        Assert.That((await _site.Tier.Send(new AnswerConsole(Id, Choice: at))).Error, Is.Null);
        await Until(async () => (await Seen()).Steps.Any(s => s.Op == "select" && s.Value == option));
    }

    /// <summary>Agrees to what the console asks in a box of the browser's own.</summary>
    public async Task Agree()
    {
        await Until(async () => (await Seen()).Question is { Options: null });
        Assert.That((await _site.Tier.Send(new AnswerConsole(Id, true))).Error, Is.Null);
        await Until(async () => (await Seen()).Steps.Any(s => s.Op == "dialog"));
    }

    /// <summary>Does one act: "press words", "row words", "type label=text", "choose label=option" or "agree".</summary>
    public Task Do(string act, string target)
    {
        var (verb, rest) = act.Split(' ', 2) is [var v, var r] ? (v, r) : (act, "");
        var (label, value) = rest.Split('=', 2) is [var l, var t] ? (l, t.Replace("@", target, StringComparison.Ordinal)) : (rest, "");
        return verb switch { "press" => Press(label), "row" => Press(label, target), "type" => Type(label, value), "choose" => Choose(label, value), _ => Agree() };
    }

    public async Task Mark(string words)
    {
        var figures = (await Seen()).Figures.Count;
        var (x, y) = await Where("press", words, null);
        _work.Watched();
        _work.Take(new HandInput("mark", x, y));
        await Until(async () => await Seen() is var seen && (seen.Proof is not null || seen.Figures.Count > figures));
    }

    public async Task Leave()
    {
        _left = true;
        Assert.That((await _site.Tier.Send(new EndRecording(Id))).Error, Is.Null);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_left) await _site.Tier.Send(new EndRecording(Id));
    }

    public Task Until(Func<bool> holds) => Until(() => Task.FromResult(holds()));

    public async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200; i++)
        {
            _work.Watched();
            if (await holds()) return;
            await Task.Delay(50);
        }
        Assert.Fail("It did not come to that.\n" + Steps() + "\n" + (await Seen()).Notice);
    }

    public static async Task Until(Func<Task<bool>> holds, int seconds)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            if (await holds()) return;
            await Task.Delay(100);
        }
        Assert.Fail("It did not come to that.");
    }

    // The test asks the page itself where the words are; what presses there is the hand.
    private async Task<(double X, double Y)> Where(string kind, string words, string? row)
    {
        for (var i = 0; i < 100; i++)
        {
            _work.Watched();
            // A person presses what stands still.
            await _work.Window!.Quiet(3000, CancellationToken.None, 100);
            var spot = await _work.Window!.Call(kind is "field" or "list" ? "(e, a) => { const c = e.candidates({ label: [a.words] }, a.kind)[0]; return c && c.score > 0.8 && !c.covered ? e.kit.fresh(c) : null; }" : "(e, a) => { const c = e.candidates(a.row ? { text: [a.words], in: { IP: a.row } } : { text: [a.words] }, 'click')[0]; return c && c.score > 0.8 && !c.covered ? e.kit.fresh(c) : null; }", new { words, row, kind = kind == "list" ? "select" : "fill" }, CancellationToken.None);
            if (spot.ValueKind == System.Text.Json.JsonValueKind.Object) return _last = (spot.GetProperty("x").GetDouble(), spot.GetProperty("y").GetDouble());
            await Task.Delay(50);
        }
        var under = await _work.Window!.Call("(e, a) => [e.kit.hitAt(a.x, a.y)?.outerHTML.slice(0, 300) ?? '', innerWidth + ' ' + innerHeight + ' ' + scrollX + ' ' + scrollY + ' ' + document.body.innerText.slice(0, 200)]", new { x = _last.X, y = _last.Y }, CancellationToken.None);
        Assert.Fail($"{words} is not on the page; the last press was at {_last} on {under}\n" + Steps());
        return default;
    }
}
