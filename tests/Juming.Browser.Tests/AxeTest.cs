using System.Text.Json;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>axe-core looks at pages of one tier: nothing serious or critical may be found.</summary>
public abstract class AxeTest : BrowserTest
{
    private string _axe = "";

    /// <summary>Reads axe-core, which the build has installed.</summary>
    [OneTimeSetUp]
    public async Task ReadAxe()
    {
        var file = Path.Combine(Root(), "tests", "Juming.Browser.Tests", "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(file)) Assert.Fail("axe-core is not here: run npm ci in tests/Juming.Browser.Tests.");
        _axe = await File.ReadAllTextAsync(file);
    }

    /// <summary>Addresses of the tier's pages as they are declared, with their parameters.</summary>
    protected IReadOnlyList<string> Routes => [.. PlatformServices.Assemblies(Tiers.Parse(TierName)[0].Modules).SelectMany(a => a.GetTypes())
        .SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false)).Cast<RouteAttribute>().Select(r => r.Template).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Opens a page, waits until it has stopped loading, and looks at it; then once more with its first row's pane open.</summary>
    /// <param name="page">The browser's page.</param>
    /// <param name="path">Address in the tier.</param>
    /// <param name="found">Takes what axe says.</param>
    protected async Task OpenAndLook(IPage page, string path, List<string> found)
    {
        await Open(page, path);
        await Settled(page);
        found.AddRange(await Look(page, path));
        var row = page.Locator(".list tbody tr :is(a[href], button.link)").First;
        if (await page.Locator(".split").CountAsync() == 0 || await page.Locator(".split > aside").CountAsync() > 0 || await row.CountAsync() == 0) return;
        await row.ClickAsync();
        await Expect(page.Locator(".split > aside")).ToBeVisibleAsync();
        await Settled(page);
        found.AddRange(await Look(page, path + " with its pane"));
    }

    /// <summary>Waits until nothing on the page says that it is loading.</summary>
    protected static async Task Settled(IPage page)
    {
        await Expect(page.Locator("h1").First).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => ![...document.querySelectorAll('main [role=status]')].some(e => /…$/.test(e.textContent.trim()))");
    }

    /// <summary>What axe finds on the page as it stands, one line a rule; only within a part of it where that lies over the rest, whose colours could not be told.</summary>
    protected async Task<IReadOnlyList<string>> Look(IPage page, string path, string within = ":root")
    {
        await page.EvaluateAsync(_axe);
        var json = await page.EvaluateAsync<string>("""
            async within => JSON.stringify((await axe.run(document.querySelector(within), { resultTypes: ['violations'] })).violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .map(v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' {' + n.html.slice(0, 120) + '} ' + (n.any[0]?.message ?? '')).join(' ;; ')))
            """, within);
        return [.. JsonSerializer.Deserialize<string[]>(json)!.Select(v => $"{path}: {v}")];
    }
}
