using Juming.Testing.Farm;
using Microsoft.Playwright;
using NUnit.Framework;

namespace Juming.Browser.Tests.Farm;

/// <summary>A browser before consoles of the farm; no part of the product runs.</summary>
public abstract class FarmBrowser
{
    private static readonly string? Shots = Environment.GetEnvironmentVariable("FARM_SHOTS");
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private readonly List<IBrowserContext> _contexts = [];

    [OneTimeSetUp]
    public async Task StartBrowser()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
    }

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [TearDown]
    public async Task CloseContexts()
    {
        foreach (var context in _contexts) await context.DisposeAsync();
        _contexts.Clear();
    }

    private protected static async Task<FarmConsole> Start(string name, int seed, int version = 1)
    {
        var console = await DeviceFarm.StartOne(name, seed);
        console.Version = version;
        // The slow one shows in a test of its own that it is; elsewhere it would only take minutes.
        if (console.Speed.Most > TimeSpan.Zero) console.Speed = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(60));
        return console;
    }

    private protected async Task<IPage> NewPage()
    {
        var context = await _browser.NewContextAsync(new() { IgnoreHTTPSErrors = true, ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        _contexts.Add(context);
        return await context.NewPageAsync();
    }

    private protected async Task<Walk> NewWalk(FarmConsole console) => Walk.Of(console, await NewPage());

    private protected static async Task Shoot(IPage page, string name)
    {
        if (Shots is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Shots, name + ".png") });
    }
}
