using Microsoft.JSInterop;

namespace Juming.Site.Response.Canvas;

/// <content>What the browser tells. It may tell anything: numbers that stand for no step are passed over, and what is done is checked by the page.</content>
public sealed partial class FlowCanvas
{
    private const int MostSteps = 500;

    /// <summary>A step was chosen, or none.</summary>
    [JSInvokable]
    public async Task Choose(int key)
    {
        var step = StepOf(key);
        // The browser shows it already.
        _shownChoice = step;
        if (Act is not null) await Act(new FlowAct.Choose(step));
        else await OnChoose.InvokeAsync(step);
    }

    /// <summary>Steps stand elsewhere.</summary>
    /// <param name="places">Number, x and y of each.</param>
    [JSInvokable]
    public Task Arrange(int[] places) => Tell(new FlowAct.Arrange(Places(places)));

    /// <summary>A way was made to lead to a step.</summary>
    [JSInvokable]
    public Task Link(int from, string way, int to) => Tell(StepOf(from) is { } first && StepOf(to) is { } second ? new FlowAct.Link(first, way, second) : null);

    /// <summary>A step of the palette was dropped.</summary>
    [JSInvokable]
    public Task Drop(string kind, int x, int y, int from, string way, int[] places) => Tell(new FlowAct.Drop(kind, new StepPlace(x, y), StepOf(from), way, Places(places)));

    /// <summary>Steps and links are to go.</summary>
    [JSInvokable]
    public Task Remove(int[] keys, LinkEnd[] links) => Tell(new FlowAct.Remove(Steps(keys), [.. links.Take(MostSteps).Where(l => StepOf(l.From) is not null && l.Way is not null).Select(l => (StepOf(l.From)!, l.Way))]));

    /// <summary>Steps are to be copied.</summary>
    [JSInvokable]
    public Task Copy(int[] keys) => Tell(new FlowAct.Copy(Steps(keys)));

    /// <summary>What was copied is to be put in.</summary>
    [JSInvokable]
    public Task Paste(int x, int y, int[] places) => Tell(new FlowAct.Paste(new StepPlace(x, y), Places(places)));

    /// <summary>The last change is to be taken back.</summary>
    [JSInvokable]
    public Task TakeBack() => Tell(new FlowAct.TakeBack());

    /// <summary>What was taken back is to be done again.</summary>
    [JSInvokable]
    public Task DoAgain() => Tell(new FlowAct.DoAgain());

    /// <summary>The browser lost touch for a moment and wants everything again.</summary>
    [JSInvokable]
    public Task Again()
    {
        _steps.Clear();
        _links.Clear();
        _sent = null;
        return Draw();
    }

    /// <summary>The beginning of a link.</summary>
    /// <param name="From">Number of the step.</param>
    /// <param name="Way">The way.</param>
    public sealed record LinkEnd(int From, string Way);

    private Task Tell(FlowAct? act) => act is null || Act is null ? Task.CompletedTask : Act(act);

    private Dictionary<string, StepPlace> Places(int[] places) =>
        places.Take(3 * MostSteps).Chunk(3).Where(p => p.Length == 3 && StepOf(p[0]) is not null).DistinctBy(p => p[0]).ToDictionary(p => StepOf(p[0])!, p => new StepPlace(p[1], p[2]));

    private List<string> Steps(int[] keys) => [.. keys.Take(MostSteps).Select(StepOf).OfType<string>()];

    private string? StepOf(int key) => key > 0 && key <= _names.Count && _steps.ContainsKey(_names[key - 1]) ? _names[key - 1] : null;
}
