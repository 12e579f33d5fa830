using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst looks at the day: overview, alerts, the log behind an alert, the senders, the ledger.</summary>
[Category("S2")]
public sealed class AnalystJourney : BrowserTest
{
    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(4000);

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_analyst_goes_from_the_overview_to_the_raw_line(string culture, string theme)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/");
        await Expect(page.GetByTestId("alerts")).Not.ToHaveTextAsync("0", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        await Picture(page, $"workbench-{culture}-{theme}");

        await Open(page, "/overview?days=7");
        await Expect(page.GetByTestId("received")).Not.ToHaveTextAsync("0", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        await Expect(page.GetByTestId("targets").Locator("a").First).ToBeVisibleAsync();
        await Picture(page, $"security-{culture}-{theme}");
        await page.GetByTestId("attackers").Locator("a").First.ClickAsync();
        await page.WaitForURLAsync("**/alerts?entity=*span=7d*");

        await Open(page, "/alerts");
        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await page.Locator("tbody tr a").First.ClickAsync();
        await Expect(page.Locator("aside")).ToBeVisibleAsync();
        await Picture(page, $"alerts-{culture}-{theme}");

        await Open(page, "/logs?from=now-7d&q=" + Uri.EscapeDataString("source.ip:203.0.113.66 and \"Failed password\""));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(100);
        await page.Locator("tbody tr button").First.ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("203.0.113.66");
        await Picture(page, $"logs-{culture}-{theme}");

        await Open(page, "/sources");
        await Expect(page.GetByTestId("source-syslog/127.0.1.31")).ToBeVisibleAsync();
        await Picture(page, $"sources-{culture}-{theme}");

        await Open(page, "/ledger");
        await Expect(page.GetByTestId("imbalance")).ToContainTextAsync("✓");
        await Picture(page, $"ledger-{culture}-{theme}");

        await Open(page, "/rules");
        await Picture(page, $"rules-{culture}-{theme}");
        NothingComplained();
    }

    [Test]
    public async Task A_wrong_query_is_explained_at_its_place()
    {
        var page = await SignedIn("en");
        await Open(page, "/logs?q=" + Uri.EscapeDataString("user.name:root and ("));
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("complete it");
        NothingComplained();
    }

    [Test]
    public async Task The_page_works_on_a_narrow_screen()
    {
        var page = await SignedIn("zh-CN", "light", 390);
        await Open(page, "/");
        await Expect(page.GetByTestId("events")).ToBeVisibleAsync();
        await Picture(page, "workbench-narrow");
        NothingComplained();
    }
}
