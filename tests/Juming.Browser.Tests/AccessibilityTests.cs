using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>axe-core looks at every page of the site in both themes and both languages: nothing serious or critical.</summary>
[Category("X8")]
public sealed class AccessibilityTests : BrowserTest
{
    // Pages that are found by their address show less than with a pane or a form open.
    private static readonly string[] Opened = ["/users?new=1", "/tokens?new=1", "/logs?from=now-7d", "/alerts?span=all", "/audit?from=now-24h"];
    private static readonly string[] BeforeTheConsole = ["/sign-in", "/join", "/confirm", "/sign-out"];

    private string _axe = "";

    [OneTimeSetUp]
    public async Task Prepare()
    {
        var file = Path.Combine(Root(), "tests", "Juming.Browser.Tests", "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(file)) Assert.Ignore("axe-core is not here: run npm ci in tests/Juming.Browser.Tests.");
        _axe = await File.ReadAllTextAsync(file);
        await SendDemoDay(500);
    }

    [TestCase("zh-CN", "light")]
    [TestCase("zh-CN", "dark")]
    [TestCase("en", "light")]
    [TestCase("en", "dark")]
    public async Task No_page_keeps_anyone_out(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Enum.GetValues<Role>());
        var found = new List<string>();
        foreach (var path in Pages().Concat(Opened))
        {
            await Open(page, path);
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            await page.WaitForFunctionAsync("() => ![...document.querySelectorAll('main [role=status]')].some(e => /…$/.test(e.textContent.trim()))");
            var pane = page.Locator(".list tbody tr :is(a[href], button.link)").First;
            if (!path.Contains('?', StringComparison.Ordinal) && await page.Locator(".split").CountAsync() > 0 && await pane.CountAsync() > 0) await pane.ClickAsync();
            found.AddRange(await Look(page, path));
        }
        await page.Keyboard.PressAsync("Control+k");
        found.AddRange(await Look(page, "palette"));
        foreach (var path in BeforeTheConsole)
        {
            await page.GotoAsync(new Uri(Site.Address, path).ToString());
            found.AddRange(await Look(page, path));
        }
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    private static IEnumerable<string> Pages() => PlatformServices.Assemblies(Tiers.Site.Modules).SelectMany(a => a.GetTypes())
        .SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false)).Cast<RouteAttribute>().Select(r => r.Template)
        .Where(t => !t.Contains('{', StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);

    private async Task<List<string>> Look(IPage page, string path)
    {
        await page.EvaluateAsync(_axe);
        var json = await page.EvaluateAsync<string>("""
            async () => JSON.stringify((await axe.run(document, { resultTypes: ['violations'] })).violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .map(v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' {' + n.html.slice(0, 120) + '} ' + (n.any[0]?.message ?? '')).join(' ;; ')))
            """);
        return [.. JsonSerializer.Deserialize<string[]>(json)!.Select(v => $"{path}: {v}")];
    }
}
