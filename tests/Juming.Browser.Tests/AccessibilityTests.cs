using Juming.Platform.Access;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>Every page of the site, with panes, forms and dialogs open, in each theme and each language; in every pair of them in the long run.</summary>
[Category("X8")]
public sealed class AccessibilityTests : AxeTest
{
    // Pages that are found by their address show less than with a form, a tab or other filters.
    private static readonly string[] Opened =
    [
        "/users?new=1", "/tokens?new=1", "/logs?from=now-7d", "/logs?from=now-7d&q=" + "source.ip:%2A", "/logs?q=%28", "/alerts?span=all", "/audit?from=now-24h",
        "/rules?tab=active", "/rules?tab=refused", "/assets?import=1", "/incidents?text=no-such-thing", "/incidents/INC-1999-0001",
        "/notify?open=new", "/notify?tab=rules&open=new", "/notify?tab=deliveries", "/notifications?contact=1",
        "/blocks?new=1&target=10.0.0.1", "/blocks?import=1", "/protected?new=1", "/protected?import=1", "/protected?text=no-such-thing",
    ];

    private static readonly string[] BeforeTheConsole = ["/sign-in", "/join", "/confirm", "/sign-out"];

    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(500);

    [TestCase("zh-CN", "light")]
    [TestCase("zh-CN", "dark", Category = "Long")]
    [TestCase("en", "light", Category = "Long")]
    [TestCase("en", "dark")]
    public async Task No_page_keeps_anyone_out(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Enum.GetValues<Role>());
        var found = new List<string>();
        foreach (var path in Routes.Where(r => !r.Contains('{', StringComparison.Ordinal)).Concat(Opened)) await OpenAndLook(page, path, found);
        await page.Keyboard.PressAsync("Control+k");
        found.AddRange(await Look(page, "palette"));
        foreach (var path in BeforeTheConsole)
        {
            await page.GotoAsync(new Uri(Site.Address, path).ToString());
            found.AddRange(await Look(page, path));
        }
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [TestCase("zh-CN", "light")]
    [TestCase("zh-CN", "dark", Category = "Long")]
    [TestCase("en", "light", Category = "Long")]
    [TestCase("en", "dark")]
    public async Task No_page_of_one_thing_keeps_anyone_out(string culture, string theme)
    {
        Assert.That(Routes.Where(r => r.Contains('{', StringComparison.Ordinal)), Is.EquivalentTo(new[] { "/incidents/{Number}", "/playbooks/{Number}", "/runs/{Number}" }), "A new page with a parameter needs its walk here, or in a journey such as that of playbooks.");
        var page = await SignedIn(culture, theme, 1440, Enum.GetValues<Role>());
        var found = new List<string>();
        await Open(page, "/incidents");
        for (var i = 0; i < 40 && await page.Locator(".list tbody tr").CountAsync() == 0; i++)
        {
            await Task.Delay(500);
            await Open(page, "/incidents");
        }
        await page.Locator(".list tbody tr a").First.ClickAsync();
        await page.GetByTestId("open-page").ClickAsync();
        await Expect(page.GetByTestId("reasons").Locator("li").First).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/incidents/{Number}"));
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
        found.AddRange(await Look(page, "/incidents/{Number} unfolded"));
        await page.GetByTestId("judge").ClickAsync();
        await page.Locator("dialog form button[type=submit]").ClickAsync();
        await Expect(page.Locator("dialog [role=alert]")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/incidents/{Number} with a refused verdict"));
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [TestCase("light")]
    [TestCase("dark", Category = "Long")]
    public async Task No_page_is_wider_than_a_phone(string theme)
    {
        var page = await SignedIn("zh-CN", theme, 390, Enum.GetValues<Role>());
        var wide = new List<string>();
        foreach (var path in Routes.Where(r => !r.Contains('{', StringComparison.Ordinal)))
        {
            await Open(page, path);
            await Settled(page);
            var width = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
            if (width > 390) wide.Add($"{path}: {width} px");
        }
        Assert.That(wide, Is.Empty, string.Join('\n', wide));
    }
}

/// <summary>Every page of the operator.</summary>
[Category("X8")]
public sealed class OperatorAccessibilityTests : SmallTierAccessibilityTests
{
    /// <inheritdoc/>
    protected override string TierName => "operator";
}

/// <summary>Every page of the cloud.</summary>
[Category("X8")]
public sealed class CloudAccessibilityTests : SmallTierAccessibilityTests
{
    /// <inheritdoc/>
    protected override string TierName => "cloud";
}

/// <summary>Pages of a tier that has the shared administration pages and an overview.</summary>
public abstract class SmallTierAccessibilityTests : AxeTest
{
    /// <summary>Looks at all of them.</summary>
    [TestCase("zh-CN", "light")]
    [TestCase("zh-CN", "dark", Category = "Long")]
    [TestCase("en", "light", Category = "Long")]
    [TestCase("en", "dark")]
    public async Task No_page_keeps_anyone_out(string culture, string theme)
    {
        Assert.That(Routes, Has.None.Contains("{"), "A page with a parameter needs its walk here.");
        var page = await SignedIn(culture, theme, 1440, Enum.GetValues<Role>());
        var found = new List<string>();
        foreach (var path in Routes.Concat(["/users?new=1", "/tokens?new=1", "/audit?from=now-24h", "/notify?open=new", "/notify?tab=rules&open=new", "/notifications?contact=1"])) await OpenAndLook(page, path, found);
        await Picture(page, $"{TierName}-audit-{culture}-{theme}");
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }
}
