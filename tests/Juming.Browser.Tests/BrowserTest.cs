using System.Net;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Demo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;

namespace Juming.Browser.Tests;

/// <summary>
/// A site in this process and a real browser before it. Each test has a page of its own; what the page writes to its console as an error,
/// or asks of any other machine, fails the test.
/// </summary>
public abstract class BrowserTest
{
    private static readonly string Shots = Path.Combine(Root(), "artifacts", "screenshots");
    private IPlaywright _playwright = null!;
    private readonly List<string> _complaints = [];
    private string? _folder;

    /// <summary>The browser.</summary>
    protected IBrowser Browser { get; private set; } = null!;

    /// <summary>The site.</summary>
    protected RunningTier Site { get; private set; } = null!;

    /// <summary>The tier that is looked at.</summary>
    protected virtual string TierName => "site";

    /// <summary>The test stops the site and starts it again.</summary>
    protected virtual bool Restarts => false;

    /// <summary>Settings of the site beside those that every test has.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    /// <summary>Starts what the site finds around it, before it starts; adds services to it.</summary>
    protected virtual Task<Action<IServiceCollection>?> Surroundings() => Task.FromResult<Action<IServiceCollection>?>(null);

    /// <summary>Port of the site's syslog receiver.</summary>
    protected int SyslogPort { get; private set; }

    /// <summary>Starts site and browser.</summary>
    [OneTimeSetUp]
    public async Task StartBrowser()
    {
        Directory.CreateDirectory(Shots);
        SyslogPort = FreePort();
        _folder = Restarts ? Directory.CreateTempSubdirectory("juming-browser").FullName : null;
        Site = await RunningTier.Start(TierName, _folder, settings: TierName != "site" ? Settings : new Dictionary<string, string?>(Settings)
        {
            ["Modules:Collection:Udp:0"] = $"127.0.0.1:{SyslogPort}",
            ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{SyslogPort}",
        }, services: await Surroundings());
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>Stops both.</summary>
    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (Site is not null) await Site.DisposeAsync();
        if (_folder is not null) Directory.Delete(_folder, true);
    }

    /// <summary>A page of a person with these roles, in a language and a theme.</summary>
    protected async Task<IPage> SignedIn(string culture = "zh-CN", string theme = "light", int width = 1440, params Role[] roles)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        using var client = await Site.SignIn(roles.Length == 0 ? [Role.Analyst] : roles);
        var cookie = client.DefaultRequestHeaders.GetValues("Cookie").Single();
        var at = cookie.IndexOf('=', StringComparison.Ordinal);
        var url = Site.Address.ToString();
        await context.AddCookiesAsync(
        [
            new Microsoft.Playwright.Cookie { Name = cookie[..at], Value = cookie[(at + 1)..], Url = url, Secure = true, HttpOnly = true },
            new Microsoft.Playwright.Cookie { Name = ".AspNetCore.Culture", Value = Uri.EscapeDataString($"c={culture}|uic={culture}"), Url = url },
        ]);
        var page = await context.NewPageAsync();
        _complaints.Clear();
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Host is not ("127.0.0.1" or "localhost")) _complaints.Add("asked " + request.Url);
        };
        return page;
    }

    /// <summary>A page of somebody who is signed in at another tier.</summary>
    protected async Task<IPage> PageOf(RunningTier tier, string culture, string theme, params Role[] roles)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, AcceptDownloads = true, ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        using var client = await tier.SignIn(roles);
        var cookie = client.DefaultRequestHeaders.GetValues("Cookie").Single();
        var at = cookie.IndexOf('=', StringComparison.Ordinal);
        await context.AddCookiesAsync(
        [
            new Microsoft.Playwright.Cookie { Name = cookie[..at], Value = cookie[(at + 1)..], Url = tier.Address.ToString(), Secure = true, HttpOnly = true },
            new Microsoft.Playwright.Cookie { Name = ".AspNetCore.Culture", Value = Uri.EscapeDataString($"c={culture}|uic={culture}"), Url = tier.Address.ToString() },
        ]);
        return await context.NewPageAsync();
    }

    /// <summary>Opens a page of the console and waits until it answers to clicks.</summary>
    protected async Task Open(IPage page, string path)
    {
        await page.GotoAsync(new Uri(Site.Address, path).ToString());
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }

    /// <summary>Takes a picture for people to look at.</summary>
    protected static Task Picture(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Shots, name + ".png") });

    /// <summary>Stops the site and starts it again on the same folder and address.</summary>
    protected async Task RestartSite()
    {
        var (folder, address) = (_folder!, Site.Address);
        await Site.DisposeAsync();
        Site = await RunningTier.Start(TierName, folder, address: address);
    }

    /// <summary>Fails when the page complained.</summary>
    protected void NothingComplained() => Assert.That(_complaints, Is.Empty);

    /// <summary>Sends the demonstration day and waits until it is stored.</summary>
    protected async Task SendDemoDay(int quietLines)
    {
        var lines = new DemoDay(20260101, TimeProvider.System.GetUtcNow(), quietLines).Lines();
        using (var sender = new DemoSender(new IPEndPoint(IPAddress.Loopback, SyslogPort))) await sender.Send(lines, TimeSpan.Zero, null, CancellationToken.None);
        using var client = await Site.WithToken("collection.read");
        for (var i = 0; i < 200; i++)
        {
            using var answer = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/api/collection/ledger"));
            if (answer.RootElement.GetProperty("stored").GetInt64() >= lines.Count) return;
            await Task.Delay(200);
        }
        Assert.Fail("The demonstration day was not stored in 40 s.");
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>The repository.</summary>
    protected static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
