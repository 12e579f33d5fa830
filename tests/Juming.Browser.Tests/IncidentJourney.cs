using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst works the incidents of a day: list, pane, page, verdict, merge and split with undo.</summary>
[Category("S2.6")]
public sealed class IncidentJourney : BrowserTest
{
    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(1000);

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_analyst_takes_an_incident_judges_it_and_closes_it(string culture, string theme)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/incidents");
        await FirstRow(page);
        await page.Locator(".list tbody tr a").First.ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("INC-");
        await Picture(page, $"incidents-{culture}-{theme}");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".split > aside")).ToHaveCountAsync(0);

        await page.Locator(".list tbody tr a").First.ClickAsync();
        await page.GetByTestId("open-page").ClickAsync();
        await Expect(page.GetByTestId("reasons").Locator("li").First).ToBeVisibleAsync();
        await page.GetByTestId("take").ClickAsync();
        await Expect(page.GetByTestId("state")).ToHaveTextAsync(culture == "en" ? "Acknowledged" : "处理中");
        await page.Locator("textarea").First.FillAsync("<b>seen</b> & checked");
        await page.Locator("form button[type=submit]").First.ClickAsync();
        await Expect(page.GetByTestId("entries")).ToContainTextAsync("<b>seen</b> & checked");
        await Picture(page, $"incident-{culture}-{theme}");

        await page.GetByTestId("close").ClickAsync();
        await page.Locator("dialog form button[type=submit]").ClickAsync();
        await Expect(page.Locator("dialog [role=alert]")).ToBeVisibleAsync();
        await page.Locator("dialog textarea").FillAsync("removed and checked");
        await Picture(page, $"incident-verdict-{culture}-{theme}");
        await page.Locator("dialog form button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("state")).ToHaveTextAsync(culture == "en" ? "Closed" : "已关闭");
        await Open(page, "/");
        await Expect(page.GetByTestId("incidents")).ToBeVisibleAsync();
        await Picture(page, $"workbench-incidents-{culture}-{theme}");
        NothingComplained();
    }

    [Test]
    public async Task Two_chosen_incidents_are_merged_and_the_merge_is_undone()
    {
        var page = await SignedIn("en");
        await Open(page, "/incidents");
        await FirstRow(page);
        await Expect(page.Locator(".list tbody tr")).Not.ToHaveCountAsync(1);
        var second = await page.Locator(".list tbody tr a").Nth(1).InnerTextAsync();
        await page.Locator(".list tbody input[type=checkbox]").Nth(0).CheckAsync();
        await page.Locator(".list tbody input[type=checkbox]").Nth(1).CheckAsync();
        await page.GetByTestId("merge").ClickAsync();
        await Expect(page.GetByTestId("row-" + second)).ToHaveCountAsync(0);
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.GetByTestId("row-" + second)).ToBeVisibleAsync();
        NothingComplained();
    }

    [Test]
    public async Task An_incident_that_is_not_there_and_an_empty_list_say_what_to_do()
    {
        var page = await SignedIn("zh-CN");
        await Open(page, "/incidents/INC-1999-0001");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Open(page, "/incidents?text=" + Uri.EscapeDataString("%_nothing_%"));
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await Picture(page, "incidents-empty");
        NothingComplained();
    }

    private async Task FirstRow(IPage page)
    {
        for (var i = 0; i < 40 && await page.Locator(".list tbody tr").CountAsync() < 2; i++)
        {
            await Task.Delay(500);
            await Open(page, "/incidents");
        }
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
    }
}
