using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The server is restarted while somebody works.</summary>
[Category("X8")]
public sealed class RestartJourney : BrowserTest
{
    protected override bool Restarts => true;

    [Test]
    public async Task An_open_page_comes_back_with_what_was_typed()
    {
        var page = await SignedIn("en");
        await Open(page, "/alerts?span=all");
        await page.Locator("input[type=search]").FillAsync("half a tho");
        await page.EvaluateAsync("() => window.before = true");
        await RestartSite();
        await page.WaitForFunctionAsync("() => !window.before && document.documentElement.dataset.ready === 'interactive'", null, new PageWaitForFunctionOptions { Timeout = 60_000 });
        await Expect(page.Locator("main input[type=search]")).ToHaveValueAsync("half a tho", new LocatorAssertionsToHaveValueOptions { Timeout = 30_000 });
        // It answers again, and the server knows the text too.
        await page.Locator("input[type=search]").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("text=half"), new PageAssertionsToHaveURLOptions { Timeout = 30_000 });
    }
}
