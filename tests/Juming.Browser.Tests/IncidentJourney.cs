using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Testing;
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
        await page.GetByTestId("sort-severity").ClickAsync();
        await Expect(page.Locator("th[aria-sort=descending]")).ToBeVisibleAsync();
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
        await page.GetByTestId("comment").FillAsync("<b>seen</b> & checked");
        await page.Locator("form.comment button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("entries")).ToContainTextAsync("<b>seen</b> & checked");
        await page.GetByTestId("correct").First.ClickAsync();
        await page.GetByTestId("correction").FillAsync("<b>seen</b> & checked twice");
        await page.Locator(".story form button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("entries")).ToContainTextAsync("checked twice");
        await Expect(page.GetByTestId("stages").Locator("[aria-current=step]")).ToContainTextAsync(culture == "en" ? "Acknowledged" : "确认");
        await Picture(page, $"incident-{culture}-{theme}");

        await page.GetByTestId("tab-logs").ClickAsync();
        await Expect(page.GetByTestId("logs").Locator("li").First).ToBeVisibleAsync();
        await page.GetByTestId("pin").First.ClickAsync();
        await Expect(page.GetByTestId("logs")).ToContainTextAsync("✓");
        await Picture(page, $"incident-logs-{culture}-{theme}");
        await page.GetByTestId("tab-evidence").ClickAsync();
        await page.GetByTestId("show-line").First.ClickAsync();
        await Expect(page.GetByTestId("line").First).ToBeVisibleAsync();
        await Picture(page, $"incident-evidence-{culture}-{theme}");
        await page.GetByTestId("tab-alerts").ClickAsync();
        await Expect(page.GetByTestId("split")).ToBeVisibleAsync();
        await Picture(page, $"incident-alerts-{culture}-{theme}");

        // A colleague is faster while a title is being typed: what was typed stays, beside what it is now.
        await page.GetByTestId("edit-Title").ClickAsync();
        await page.GetByTestId("title").FillAsync("My own words");
        var number = new Uri(page.Url).Segments[^1];
        using (var colleague = await Site.SignIn(Role.Analyst))
        using (var faster = await colleague.PatchAsJsonAsync("/api/incidents/" + await Identity(colleague, number), new { title = "Faster words" }))
            Assert.That(faster.IsSuccessStatusCode);
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("refusal")).ToContainTextAsync("Faster words");
        await Expect(page.GetByTestId("title")).ToHaveValueAsync("My own words");
        await Picture(page, $"incident-stale-{culture}-{theme}");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("My own words");

        await page.SetViewportSizeAsync(390, 844);
        await page.GetByTestId("tab-timeline").ClickAsync();
        await Expect(page.GetByTestId("entries")).ToBeVisibleAsync();
        await Picture(page, $"incident-390-{culture}-{theme}");
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone");
        await page.SetViewportSizeAsync(1440, 900);

        await page.GetByTestId("close").ClickAsync();
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("refusal")).ToBeVisibleAsync();
        await page.GetByTestId("reason").FillAsync("removed and checked");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("refusal")).ToContainTextAsync(culture == "en" ? "contained" : "遏制");
        await Picture(page, $"incident-verdict-{culture}-{theme}");
        await page.GetByTestId("not-applicable").CheckAsync();
        await page.GetByTestId("why").FillAsync("a drill");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("state")).ToHaveTextAsync(culture == "en" ? "Closed" : "已关闭");

        // The next one of the same list comes by one key.
        await Expect(page.GetByTestId("next")).ToBeVisibleAsync();
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page).Not.ToHaveURLAsync(new Regex(number));
        await Expect(page).ToHaveURLAsync(new Regex("sort=severity"));
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

    [Test]
    public async Task Chosen_incidents_are_judged_and_closed_at_once_and_a_viewer_is_offered_none_of_it()
    {
        var page = await SignedIn("en");
        await Open(page, "/incidents");
        await FirstRow(page);
        var last = await page.Locator(".list tbody tr a").Last.InnerTextAsync();
        await page.Locator(".list tbody input[type=checkbox]").Last.CheckAsync();
        await page.GetByTestId("bulk-reason").FillAsync("our own scanner");
        await Picture(page, "incidents-bulk");
        await page.GetByTestId("bulk-judge").ClickAsync();
        await Expect(page.GetByTestId("row-" + last)).ToHaveCountAsync(0);
        var reader = await SignedIn("en", "light", 1440, Role.Viewer);
        await Open(reader, "/incidents?view=all");
        await Expect(reader.Locator(".list tbody tr").First).ToBeVisibleAsync();
        await Expect(reader.Locator(".list input[type=checkbox]")).ToHaveCountAsync(0);
        await reader.Locator(".list tbody tr a").First.ClickAsync();
        await Expect(reader.GetByTestId("open-page")).ToBeVisibleAsync();
        await Expect(reader.Locator("aside").GetByText("Take", new LocatorGetByTextOptions { Exact = true })).ToHaveCountAsync(0);
        NothingComplained();
    }

    private static async Task<string> Identity(HttpClient client, string number)
    {
        using var found = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/api/incidents/" + number));
        return found.RootElement.GetProperty("brief").GetProperty("id").GetString()!;
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
