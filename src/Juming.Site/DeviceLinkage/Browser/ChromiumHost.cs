using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>The browser can't be used.</summary>
internal sealed class BrowserMissingException(string reason) : Exception(reason);

/// <summary>Keeps one Chromium for all runs: started at the first, started anew when it died or had to be killed.</summary>
internal sealed partial class ChromiumHost(LinkageSettings settings, ILogger<ChromiumHost> log) : IAsyncDisposable
{
    private static readonly string[] UsualPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", @"C:\Program Files\Chromium\Application\chrome.exe", @"C:\Program Files\Google\Chrome\Application\chrome.exe"];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _mark = "";

    /// <summary>Path of the browser, or null when there is none.</summary>
    public string? Executable => settings.Browser.Length > 0 ? (File.Exists(settings.Browser) ? settings.Browser : null) : UsualPlaces.FirstOrDefault(File.Exists);

    /// <summary>True when runs can drive a browser.</summary>
    public bool IsThere => Executable is not null && File.Exists(Path.Combine(AppContext.BaseDirectory, ".playwright", "package", "cli.js"));

    /// <summary>The running browser.</summary>
    /// <exception cref="BrowserMissingException">There is none, or it does not start.</exception>
    public async Task<IBrowser> Browser(CancellationToken ct)
    {
        if (_browser is { IsConnected: true } running) return running;
        await _turn.WaitAsync(ct);
        try
        {
            if (_browser is { IsConnected: true } started) return started;
            if (!IsThere) throw new BrowserMissingException(Executable is null ? "chromium" : "driver");
            _playwright ??= await Playwright.CreateAsync();
            _mark = "--juming-linkage=" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = [.. Arguments, _mark], Timeout = 30_000 });
            LogStarted(log, _browser.Version);
            return _browser;
        }
        catch (PlaywrightException e)
        {
            LogNotStarted(log, e.Message);
            throw new BrowserMissingException("start");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a browser that no longer answers, with all its processes; the next run starts another.</summary>
    public void Kill()
    {
        LogKilled(log);
        _browser = null;
        if (!OperatingSystem.IsLinux()) return;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                // The mark is in the command line of the browser that this host started, and of no other.
                if (!File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(_mark, StringComparison.Ordinal)) continue;
                using var process = Process.GetProcessById(id);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // Gone meanwhile, or not ours to look at.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_browser is { IsConnected: true } browser) await browser.CloseAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            Kill();
        }
        _playwright?.Dispose();
        _turn.Dispose();
    }

    private static IEnumerable<string> Arguments
    {
        get
        {
            // Chromium's own sandbox refuses to run as root; in the service's own account it stays on.
            if (OperatingSystem.IsLinux() && Environment.UserName == "root") yield return "--no-sandbox";
            yield return "--disable-gpu";
            yield return "--disable-dev-shm-usage";
            yield return "--disable-quic";
            yield return "--no-first-run";
            yield return "--disable-background-networking";
            yield return "--disable-component-update";
            yield return "--disable-sync";
            yield return "--deny-permission-prompts";
            yield return "--js-flags=--max-old-space-size=512";
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Started the browser for device consoles, version {Version}")]
    private static partial void LogStarted(ILogger log, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "The browser for device consoles does not start: {Reason}")]
    private static partial void LogNotStarted(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The browser for device consoles did not answer and was ended")]
    private static partial void LogKilled(ILogger log);
}
