using System.Text.Json;
using System.Threading.Channels;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>One movement of the person's hand.</summary>
/// <param name="T">"move", "down", "up", "wheel", "text", "key", "mark", "pick", "home" or "sign-in".</param>
/// <param name="X">Place on the console's page, from the left.</param>
/// <param name="Y">From the top.</param>
/// <param name="Dx">Wheel, sideways.</param>
/// <param name="Dy">Wheel, downwards.</param>
/// <param name="V">Text, name of the key, or number of the choice.</param>
internal sealed record HandInput(string T, double X = 0, double Y = 0, double Dx = 0, double Dy = 0, string? V = null);

/// <summary>
/// Carries a person's hand to the console and pictures back: the newest picture counts, older ones are let go. It ends with the person, with nobody before
/// the screen, or when nobody moves for long.
/// </summary>
internal sealed class HandWork(Recording recording, LinkageSettings settings, Func<string, CancellationToken, Task<bool>> isProtected, TimeProvider clock) : IHandWork
{
    private static readonly TimeSpan Unwatched = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly HashSet<string> Keys = ["Enter", "Tab", "Backspace", "Delete", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Control+A", "Control+Z", "Space"];
    private readonly Channel<HandInput> _inputs = Channel.CreateBounded<HandInput>(new BoundedChannelOptions(512) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private DeviceWindow? _window;
    private Film? _film;
    private volatile bool _hidden = true;
    private long _moved;
    private long _watched;

    /// <summary>The newest picture; empty while there is none.</summary>
    public byte[] Picture { get; private set; } = [];

    public string Target => recording.Target;

    /// <summary>The console's window; null before it is open.</summary>
    public DeviceWindow? Window => _window;

    /// <summary>Counts pictures.</summary>
    public int Pictures { get; private set; }

    /// <summary>Takes a movement; one too many is let go.</summary>
    public void Take(HandInput input)
    {
        Interlocked.Exchange(ref _moved, clock.GetTimestamp());
        _inputs.Writer.TryWrite(input);
    }

    /// <summary>Somebody is before the screen.</summary>
    public void Watched() => Interlocked.Exchange(ref _watched, clock.GetTimestamp());

    /// <summary>The person has ended.</summary>
    public void End() => _inputs.Writer.TryComplete();

    public void Heard(string told)
    {
        // While Juming signs in by itself nothing that happens is the person's.
        if (_hidden || _film is not { } film || StepTold.Parse(told) is not { } what) return;
        recording.Hear(what, film);
    }

    public async Task Work(DeviceWindow window, Film film, Func<CancellationToken, Task> signIn, CancellationToken ct)
    {
        (_window, _film) = (window, film);
        window.AskPerson = text => recording.Ask(text, TimeSpan.FromSeconds(60), clock);
        var screen = await window.Page.Context.NewCDPSessionAsync(window.Page);
        screen.Event("Page.screencastFrame").OnEvent += (_, frame) => _ = Show(screen, frame);
        await screen.SendAsync("Page.startScreencast", new Dictionary<string, object> { ["format"] = "jpeg", ["quality"] = 60, ["maxWidth"] = 1440, ["maxHeight"] = 900 });
        Take(new HandInput("move"));
        Watched();
        _hidden = false;
        recording.Live();
        try
        {
            await Follow(window, film, signIn, ct);
        }
        finally
        {
            _hidden = true;
            window.AskPerson = null;
            Picture = [];
            await film.Shoot(film.Begin("end", "picture"), "end", window, CancellationToken.None);
        }
    }

    private async Task Follow(DeviceWindow window, Film film, Func<CancellationToken, Task> signIn, CancellationToken ct)
    {
        while (true)
        {
            window.Check();
            recording.Url = StepTold.Cut(window.Page.Url, 300);
            if (clock.GetElapsedTime(Interlocked.Read(ref _moved)) > TimeSpan.FromMinutes(settings.RecorderIdleMinutes)) throw new ConsoleFailedException("idle");
            if (clock.GetElapsedTime(Interlocked.Read(ref _watched)) > Unwatched) throw new ConsoleFailedException("left");
            using var tick = CancellationTokenSource.CreateLinkedTokenSource(ct);
            tick.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                if (!await _inputs.Reader.WaitToReadAsync(tick.Token)) return;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                continue;
            }
            while (_inputs.Reader.TryRead(out var input))
            {
                // Of many moves in a row only the last one matters.
                if (input.T == "move" && _inputs.Reader.TryPeek(out var next) && next.T == "move") continue;
                await Carry(window, film, input, signIn, ct);
            }
        }
    }

    private async Task Carry(DeviceWindow window, Film film, HandInput input, Func<CancellationToken, Task> signIn, CancellationToken ct)
    {
        try
        {
            if (input.T == "sign-in") await SignIn(signIn, ct);
            else await Do(window, film, input, ct).WaitAsync(input.T is "mark" or "home" ? TimeSpan.FromSeconds(30) : Patience + TimeSpan.FromSeconds(60), clock, ct);
        }
        catch (TimeoutException)
        {
            window.Check();
            throw new ConsoleFailedException("page-hung");
        }
        catch (PlaywrightException e)
        {
            window.Check();
            if (window.Page.IsClosed) throw new ConsoleFailedException("page-closed", e.Message.Split('\n')[0]);
        }
    }

    private async Task SignIn(Func<CancellationToken, Task> signIn, CancellationToken ct)
    {
        (_hidden, Picture) = (true, []);
        try
        {
            await signIn(ct);
        }
        finally
        {
            _hidden = false;
        }
    }

    private async Task Do(DeviceWindow window, Film film, HandInput input, CancellationToken ct)
    {
        var (x, y) = ((float)Math.Clamp(input.X, 0, 1440), (float)Math.Clamp(input.Y, 0, 900));
        switch (input.T)
        {
            case "move": await window.Page.Mouse.MoveAsync(x, y); return;
            case "down":
                if (await Held(window, ct)) return;
                await window.Page.Mouse.MoveAsync(x, y);
                await window.Page.Mouse.DownAsync();
                return;
            case "up": await window.Page.Mouse.UpAsync(); return;
            case "wheel": await window.Page.Mouse.WheelAsync((float)Math.Clamp(input.Dx, -2000, 2000), (float)Math.Clamp(input.Dy, -2000, 2000)); return;
            case "text" when input.V is { Length: > 0 and <= 4000 } text:
                if (text.Length == 1) await window.Page.Keyboard.TypeAsync(text);
                else await window.Page.Keyboard.InsertTextAsync(text);
                return;
            case "key" when input.V is { } key && Keys.Contains(key):
                if (key == "Enter" && await Held(window, ct)) return;
                await window.Page.Keyboard.PressAsync(key);
                return;
            case "pick":
                recording.Chosen();
                if (int.TryParse(input.V, out var at) && at is >= 0 and < 200) await window.Call("(e, a) => e.recorder.pick(a)", at, ct);
                return;
            case "home": await window.Load(window.Home, ct); return;
            case "mark": await Mark(window, film, x, y, ct); return;
        }
    }

    /// <summary>A protected address in a field holds back every press until it is gone from there: by hand it could be blocked as well as by a run.</summary>
    private async Task<bool> Held(DeviceWindow window, CancellationToken ct)
    {
        foreach (var typed in Strings(await window.Call("e => e.recorder.typed()", null, ct)))
        {
            if (typed == recording.Target || !await isProtected(typed, ct)) continue;
            recording.Notice = "protected";
            return true;
        }
        if (recording.Notice is "protected") recording.Notice = "";
        return false;
    }

    private async Task Mark(DeviceWindow window, Film film, float x, float y, CancellationToken ct)
    {
        var found = await window.Call("(e, a) => e.recorder.mark(a)", new { x, y, value = recording.Target, figure = recording.Subject.OnlyReads }, ct);
        switch (SignInSkill.Text(found, "what"))
        {
            case "row":
                recording.Prove(new RecordedProof(StepTold.Cut(SignInSkill.Text(found, "column"), 60), StepTold.Texts(found, "columns", 30, 60), StepTold.Cut(SignInSkill.Text(found, "list"), 400), StepTold.Cut(SignInSkill.Text(found, "text"), 200), State(found)));
                await film.Shoot(film.Begin("proof", "mark"), "proof", window, ct);
                return;
            case "figure":
                recording.ProveByFigure(new RecordedFigure(StepTold.Cut(SignInSkill.Text(found, "label"), 40), StepTold.Cut(SignInSkill.Text(found, "text"), 80), SignInSkill.Text(found, "number") switch { "percent" => @"(-?\d[\d.,]*)\s*%", "number" => @"(-?\d[\d.,]*)", _ => "" }));
                await film.Shoot(film.Begin("proof", "mark"), "proof", window, ct);
                return;
            case "text":
                recording.ProveByText(StepTold.Cut(SignInSkill.Text(found, "text"), 80));
                return;
            default:
                recording.Notice = "not-the-row";
                return;
        }
    }

    /// <summary>The cell that was marked, where it is another than the target's. Of a block the row itself is the proof.</summary>
    private RecordedState? State(JsonElement found)
    {
        if (recording.Subject.Capability == RecordedSubject.Block) return null;
        var (column, text) = (SignInSkill.Text(found, "stateColumn"), SignInSkill.Text(found, "state"));
        // They stand in a condition, where these would be something else.
        return column.Length is 0 or > 40 || text.Length is 0 or > 40 || (column + text).Any(c => c is '\'' or '"' or '{' or '}' or '$' or '\\' || char.IsControl(c)) ? null : new RecordedState(column, text);
    }

    private async Task Show(ICDPSession screen, JsonElement? frame)
    {
        if (frame is not { } told) return;
        // What the device shows while Juming signs in is not for the screen.
        if (!_hidden && SignInSkill.Text(told, "data") is { Length: > 0 and < 6_000_000 } data)
        {
            Picture = Convert.FromBase64String(data);
            Pictures++;
        }
        // The browser sends the next one only after this: so it never paints faster than people see.
        await Task.Delay(TimeSpan.FromMilliseconds(70), clock, CancellationToken.None);
        try
        {
            await screen.SendAsync("Page.screencastFrameAck", new Dictionary<string, object> { ["sessionId"] = told.GetProperty("sessionId").GetInt32() });
        }
        catch (PlaywrightException)
        {
            // The window is closed.
        }
    }

    private static IEnumerable<string> Strings(JsonElement array) => array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().Select(i => i.GetString() ?? "")] : [];
}
