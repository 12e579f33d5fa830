using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Juming.Site.Response.Canvas;

/// <summary>A flow on a canvas. Only what changed since the last drawing is sent; the browser knows steps by short numbers.</summary>
public sealed partial class FlowCanvas
{
    private readonly string _id = "flow-" + Guid.NewGuid().ToString("N")[..8];
    private readonly Dictionary<string, int> _keys = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _steps = [], _links = [];
    private DotNetObjectReference<FlowCanvas>? _self;
    private IJSObjectReference? _canvas;
    private ElementReference _host;
    private FlowPicture? _sent;
    private string? _shownChoice;
    private bool _busy, _gone, _broken, _drawn;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    /// <summary>What is drawn.</summary>
    [CascadingParameter] private FlowPicture Picture { get; set; } = null!;

    /// <summary>Takes what a person does; null where the flow is only looked at.</summary>
    [CascadingParameter] private Func<FlowAct, Task>? Act { get; set; }

    /// <summary>Step that is looked at.</summary>
    [Parameter] public string? Chosen { get; set; }

    /// <summary>A step was chosen, where the flow is only looked at.</summary>
    [Parameter] public EventCallback<string?> OnChoose { get; set; }

    /// <summary>Something can be taken back.</summary>
    [Parameter] public bool CanTakeBack { get; set; }

    /// <summary>What was taken back can be done again.</summary>
    [Parameter] public bool CanDoAgain { get; set; }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _busy = true;
            await Try(async () => _canvas = await Js.InvokeAsync<IJSObjectReference>("jm.flow", _host, _self, Act is not null));
            _busy = false;
            _broken = _canvas is null && !_gone;
            if (_broken) StateHasChanged();
        }
        await Draw();
    }

    /// <summary>Sends what changed. A change that comes while one is on its way follows it.</summary>
    private async Task Draw()
    {
        if (_busy || _canvas is null) return;
        _busy = true;
        while (!_gone && (_sent != Picture || _shownChoice != Chosen))
        {
            if (_sent != Picture)
            {
                _sent = Picture;
                var changes = Changes(Picture);
                if (changes is not null) await Try(() => _canvas.InvokeVoidAsync("show", changes).AsTask());
            }
            if (_shownChoice == Chosen) continue;
            _shownChoice = Chosen;
            await Try(() => _canvas.InvokeVoidAsync("choose", Chosen is { } step && _keys.TryGetValue(step, out var key) ? key : null).AsTask());
        }
        _busy = false;
        if (_drawn || _gone) return;
        _drawn = true;
        StateHasChanged();
    }

    private object? Changes(FlowPicture picture)
    {
        var steps = picture.Steps.Select(s => (s.Step, Drawn: (object)Wire(s))).ToList();
        var links = picture.Links.Select(l => (Id: $"{Key(l.From)}>{l.Way}", Drawn: (object)new { id = $"{Key(l.From)}>{l.Way}", from = Key(l.From), way = l.Way, to = Key(l.To), label = l.Label, tone = l.Tone })).ToList();
        var whole = _steps.Count == 0;
        var gone = Gone(_steps, steps.Select(s => s.Step)).Select(Key).ToList();
        var goneEdges = Gone(_links, links.Select(l => l.Id));
        var (freshSteps, freshLinks) = (Fresh(_steps, steps), Fresh(_links, links));
        if (gone.Count + goneEdges.Count + freshSteps.Count + freshLinks.Count == 0) return null;
        return new { whole, laid = picture.IsLaidOut, nodes = freshSteps, gone, edges = freshLinks, goneEdges };
    }

    private object Wire(FlowStep step) => new
    {
        key = Key(step.Step),
        step = step.Step,
        icon = step.Icon,
        title = step.Title,
        detail = step.Detail,
        sign = step.Mark?.Sign ?? "",
        tone = step.Mark?.Tone ?? "",
        reason = step.Mark?.Reason ?? "",
        x = step.Place?.X,
        y = step.Place?.Y,
        enters = step.Enters,
        ways = step.Ports.Select(p => new { way = p.Way, label = p.Label, tone = p.Tone, taken = p.Taken }),
    };

    private int Key(string step)
    {
        if (_keys.TryGetValue(step, out var key)) return key;
        _names.Add(step);
        return _keys[step] = _names.Count;
    }

    private static List<string> Gone(Dictionary<string, string> known, IEnumerable<string> there)
    {
        var gone = known.Keys.Except(there).ToList();
        foreach (var id in gone) known.Remove(id);
        return gone;
    }

    private static List<object> Fresh(Dictionary<string, string> known, List<(string Id, object Drawn)> there)
    {
        var fresh = new List<object>();
        foreach (var (id, drawn) in there)
        {
            var written = JsonSerializer.Serialize(drawn);
            if (known.TryGetValue(id, out var before) && before == written) continue;
            known[id] = written;
            fresh.Add(drawn);
        }
        return fresh;
    }

    /// <summary>A browser that is away or can't draw must not end the circuit.</summary>
    private static async Task Try(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _gone = true;
        if (_canvas is { } canvas)
        {
            await Try(() => canvas.InvokeVoidAsync("dispose").AsTask());
            await Try(() => canvas.DisposeAsync().AsTask());
        }
        _self?.Dispose();
    }
}
