using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The server is restarted while somebody works.</summary>
[Category("X8")]
public sealed class RestartJourney : BrowserTest
{
    protected override bool Restarts => true;

    [TestCase("en", "light")]
    [TestCase("zh-CN", "dark")]
    public async Task An_open_page_comes_back_with_what_was_typed(string culture, string theme)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/alerts?span=all");
        await page.Locator("input[type=search]").FillAsync("half a tho");
        await Restarted(page);
        await Expect(page.Locator("main input[type=search]")).ToHaveValueAsync("half a tho", new LocatorAssertionsToHaveValueOptions { Timeout = 30_000 });
        // It answers again, and the server knows the text too.
        await page.Locator("input[type=search]").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("text=half"), new PageAssertionsToHaveURLOptions { Timeout = 30_000 });
    }

    [Test]
    public async Task A_pasted_line_in_the_workbench_survives_and_is_recognised_afterwards()
    {
        var page = await SignedIn("en", "dark", 1440, Role.Analyst, Role.SecurityAdmin);
        await Open(page, "/parsers/new");
        await page.GetByTestId("lines").FillAsync("gate opened by lina from 10.1.2.3 port 40000");
        await Restarted(page);
        await Expect(page.GetByTestId("lines")).ToHaveValueAsync("gate opened by lina from 10.1.2.3 port 40000", new LocatorAssertionsToHaveValueOptions { Timeout = 30_000 });
        await page.GetByTestId("guess").ClickAsync();
        await Expect(page.GetByTestId("field-sip").Locator("input").Or(page.GetByTestId("fields").Locator("tbody tr input").First).First).ToBeVisibleAsync();
    }

    private async Task Restarted(IPage page)
    {
        await page.EvaluateAsync("() => window.before = true");
        await RestartSite();
        await page.WaitForFunctionAsync("() => !window.before && document.documentElement.dataset.ready === 'interactive'", null, new PageWaitForFunctionOptions { Timeout = 60_000 });
    }
}
