using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>A run can't go on because of what the console or the network did; its code is the run's failure.</summary>
internal sealed class ConsoleFailedException(string code, string detail = "") : Exception(code)
{
    public string Code { get; } = code;

    /// <summary>What the page said; attacker-controlled.</summary>
    public string Detail { get; } = detail.Length > 300 ? detail[..300] : detail;
}

/// <summary>
/// One run's own browser context with its one page: nothing but the device can be reached from it, dialogs are answered by rule, popups are closed,
/// downloads refused. Everything the page tells is hostile text.
/// </summary>
internal sealed partial class DeviceWindow : IAsyncDisposable
{
    private static readonly string Script = Read("linkage/eyes.js") + Read("linkage/signin.js") + Read("linkage/explore.js");
    private static readonly string Recorder = Read("linkage/recorder.js");
    private const int MostTold = 64 * 1024;
    private readonly ConcurrentQueue<(long At, string Text)> _said = new();
    private readonly ConcurrentQueue<string> _dialogs = new();
    private readonly IBrowserContext _context;
    private readonly int _mostDocuments;
    private int _documents;
    private int _popups;
    private int _downloads;
    private bool _crashed;
    private IReadOnlyList<string>? _accepted;
    private long _heardFrom;

    private DeviceWindow(IBrowserContext context, IPage page, DeviceGate gate, DeviceOrigin origin, int mostDocuments) =>
        (_context, Page, Gate, Origin, Home, _mostDocuments) = (context, page, gate, origin, origin.Address, mostDocuments);

    public IPage Page { get; }

    public DeviceGate Gate { get; }

    public DeviceOrigin Origin { get; }

    /// <summary>Where the console leads after a sign-in; ways are walked from there.</summary>
    public Uri Home { get; set; }

    public int Popups => _popups;

    public int Downloads => _downloads;

    /// <summary>Decides on a question of the page in place of the rules; null while they hold.</summary>
    public Func<string, Task<bool>>? AskPerson { get; set; }

    /// <summary>Opens an empty page. The certificate was looked at before.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="origin">The device.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="session">Session of an earlier run; null for none.</param>
    /// <param name="language">Language that the console is asked for.</param>
    /// <param name="target">What the person works on, known again in lists.</param>
    /// <param name="recorded">Hears what a person does on the page; null where nobody does anything.</param>
    public static async Task<DeviceWindow> Open(IBrowser browser, DeviceOrigin origin, LinkageSettings settings, string? session, string language, Action<string>? recorded = null, string target = "")
    {
        var gate = new DeviceGate(origin, settings.MostMegabytes * 1024L * 1024L);
        IBrowserContext? context = null;
        try
        {
            var say = "s" + Guid.NewGuid().ToString("N")[..12];
            context = await browser.NewContextAsync(new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
                IgnoreHTTPSErrors = true,
                AcceptDownloads = true,
                ServiceWorkers = ServiceWorkerPolicy.Block,
                Locale = language == "en" ? "en-US" : "zh-CN",
                Proxy = new Proxy { Server = gate.Proxy, Bypass = "<-loopback>" },
                StorageState = session,
            });
            context.SetDefaultTimeout(15_000);
            DeviceWindow? window = null;
            // Before there is a page, so that it comes with both and nothing has to be put into it afterwards.
            await Task.WhenAll(context.ExposeBindingAsync(say, (BindingSource _, string text) => window?.Hear(text)), context.AddInitScriptAsync(Script.Replace("__SAY__", say, StringComparison.Ordinal)));
            if (recorded is not null) await Record(context, recorded, target);
            window = new DeviceWindow(context, await context.NewPageAsync(), gate, origin, settings.MostDocuments);
            window.Listen();
            return window;
        }
        catch
        {
            if (context is not null) await context.CloseAsync();
            await gate.DisposeAsync();
            throw;
        }
    }

    private static async Task Record(IBrowserContext context, Action<string> recorded, string target)
    {
        var tell = "t" + Guid.NewGuid().ToString("N")[..12];
        await context.ExposeBindingAsync(tell, (BindingSource _, string told) =>
        {
            if (told.Length <= MostTold) recorded(told);
        });
        await context.AddInitScriptAsync(Recorder.Replace("__TELL__", tell, StringComparison.Ordinal).Replace("'__TARGET__'", JsonSerializer.Serialize(target), StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _context.CloseAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            // A page that hangs is ended with the browser by the run's watchdog.
        }
        await Gate.DisposeAsync();
    }

    /// <summary>True while it can be used: the browser runs, the page is one of the device's, and nothing has ended it.</summary>
    public bool IsAlive => !_crashed && !Page.IsClosed && Gate.Broken is null && _context.Browser is { IsConnected: true } && Uri.TryCreate(Page.Url, UriKind.Absolute, out var here) && Origin.Includes(here);

    /// <summary>Makes ready for another run: what one run may do is counted anew, and what was said or agreed to in the last is over.</summary>
    public void Renew()
    {
        (_documents, _popups, _downloads, _accepted, AskPerson) = (0, 0, 0, null, null);
        ForgetSaid();
        Gate.Renew();
    }

    /// <summary>Loads a page of the device afresh.</summary>
    public async Task Load(Uri address, CancellationToken ct)
    {
        if (!Origin.Includes(address)) throw new ConsoleFailedException("elsewhere", address.Host);
        for (var attempt = 0; ; attempt++)
        {
            Check();
            try
            {
                var current = Page.Url;
                IResponse? response;
                // An address that differs in its fragment alone would not load anything.
                if (SamePage(current, address))
                {
                    if (current != address.AbsoluteUri) await Page.GotoAsync(address.AbsoluteUri, new PageGotoOptions { WaitUntil = WaitUntilState.Commit, Timeout = 20_000 }).WaitAsync(ct);
                    response = await Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.Commit, Timeout = 20_000 }).WaitAsync(ct);
                }
                else response = await Page.GotoAsync(address.AbsoluteUri, new PageGotoOptions { WaitUntil = WaitUntilState.Commit, Timeout = 20_000 }).WaitAsync(ct);
                if (response is { Status: 404 or 410 } && address != Origin.Address) throw new ConsoleFailedException("unreachable", string.Create(CultureInfo.InvariantCulture, $"{response.Status} {address.AbsolutePath}"));
                await Quiet(15_000, ct);
                return;
            }
            catch (PlaywrightException e) when (attempt == 0 && (e.Message.Contains("interrupted by another navigation", StringComparison.Ordinal) || e.Message.Contains("ERR_ABORTED", StringComparison.Ordinal)))
            {
                // The console sent the page on by script before it was there; look once more at where that leads.
                await Quiet(15_000, ct);
                if (Page.Url != "about:blank" && !Page.Url.StartsWith("chrome-error:", StringComparison.Ordinal)) return;
            }
            catch (PlaywrightException e)
            {
                Check();
                throw new ConsoleFailedException(e.Message.Contains("ERR_TOO_MANY_REDIRECTS", StringComparison.Ordinal) ? "endless-redirect" : "unreachable", Gate.Unreached ?? First(e.Message));
            }
            catch (TimeoutException)
            {
                Check();
                throw new ConsoleFailedException("unreachable", "timeout");
            }
        }
    }

    /// <summary>Calls a function of the injected script; a page that goes away in between is asked again until the deadline.</summary>
    public async Task<JsonElement> Call(string function, object? argument, CancellationToken ct, int patience = 15_000)
    {
        var started = Stopwatch.GetTimestamp();
        var given = argument is null ? "null" : JsonSerializer.Serialize(argument);
        while (true)
        {
            Check();
            ct.ThrowIfCancellationRequested();
            try
            {
                // As text both ways: nothing of the page's making reaches the driver's own reading of values. A slow device holds the question until it has answered.
                var asked = Page.EvaluateAsync<string>("async a => { const e = window[Symbol.for('juming.eyes')]; return e ? JSON.stringify({ v: await (" + function + ")(e, JSON.parse(a)) ?? null }) : ''; }", given);
                await Task.WhenAny(asked, Gate.Closing).WaitAsync(TimeSpan.FromMilliseconds(Math.Max(patience + 5000, 30_000)), ct);
                Check();
                var answer = await asked;
                if (answer is { Length: > 0 and < 4_000_000 })
                {
                    using var found = JsonDocument.Parse(answer);
                    return found.RootElement.GetProperty("v").Clone();
                }
            }
            catch (PlaywrightException e) when (IsPassing(e))
            {
                // Between two documents there is nothing to ask.
            }
            catch (PlaywrightException e)
            {
                Check();
                throw new ConsoleFailedException(Page.IsClosed ? "page-closed" : "page-script", First(e.Message));
            }
            catch (TimeoutException)
            {
                Check();
                throw new ConsoleFailedException("page-hung");
            }
            if (Stopwatch.GetElapsedTime(started).TotalMilliseconds > Math.Max(patience, 20_000))
            {
                Check();
                throw new ConsoleFailedException("never-loads");
            }
            await Task.Delay(15, ct);
        }
    }

    /// <summary>Waits until documents are there, requests are answered and nothing moves; true when it came to that.</summary>
    public async Task<bool> Quiet(int most, CancellationToken ct, int still = 30)
    {
        var answer = await Call("(e, a) => e.quiet(a.most, a.still)", new { most, still }, ct, most + 5000);
        return answer.TryGetProperty("quiet", out var quiet) && quiet.GetBoolean();
    }

    public async Task ClickAt(double x, double y, CancellationToken ct)
    {
        Check();
        try
        {
            await Page.Mouse.ClickAsync((float)x, (float)y).WaitAsync(TimeSpan.FromSeconds(15), ct);
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            Check();
            throw new ConsoleFailedException("page-hung", First(e.Message));
        }
    }

    /// <summary>A picture with secrets covered.</summary>
    public async Task<byte[]?> Picture(CancellationToken ct)
    {
        if (_crashed || Page.IsClosed || Gate.Broken is not null) return null;
        try
        {
            await Call("e => e.mask(true)", null, ct, 1000);
            var picture = await Page.ScreenshotAsync(new PageScreenshotOptions { Type = ScreenshotType.Jpeg, Quality = 60, Caret = ScreenshotCaret.Initial, Timeout = 5000 });
            await Call("e => e.mask(false)", null, ct, 1000);
            return picture;
        }
        catch (Exception e) when (e is PlaywrightException or ConsoleFailedException or TimeoutException)
        {
            // A page that can't be masked is not pictured.
            return null;
        }
    }

    /// <summary>The session as the context holds it, for the next run.</summary>
    public Task<string> Session() => _context.StorageStateAsync();

    /// <summary>Throws when something has ended the run already.</summary>
    public void Check()
    {
        if (Gate.Broken is { } broken) throw new ConsoleFailedException(broken);
        if (_crashed) throw new ConsoleFailedException("page-crashed");
        if (_documents > _mostDocuments) throw new ConsoleFailedException("endless-redirect");
        if (_popups > 200) throw new ConsoleFailedException("popup-storm");
    }

    private static bool SamePage(string current, Uri address) => Uri.TryCreate(current, UriKind.Absolute, out var now) && now.GetLeftPart(UriPartial.Query) == address.GetLeftPart(UriPartial.Query) && address.Fragment.Length + now.Fragment.Length > 0;

    private static bool IsPassing(PlaywrightException e) =>
        e.Message.Contains("context was destroyed", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("navigat", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("Cannot find context", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("frame was detached", StringComparison.OrdinalIgnoreCase);

    private static string First(string message) => message.Split('\n')[0];

    private static string Read(string name)
    {
        using var stream = typeof(DeviceWindow).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() + "\n";
    }
}
