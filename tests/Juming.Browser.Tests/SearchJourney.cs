using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst searches, keeps the search, takes the result away, and comes back from an alert.</summary>
[Category("S2")]
public sealed class SearchJourney : BrowserTest
{
    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(1000);

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_search_is_kept_shared_and_exported(string culture, string theme)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/logs?from=now-7d&q=" + Uri.EscapeDataString("\"Failed password\""));
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        var found = long.Parse(Regex.Replace(await page.Locator("header.head [role=status]").InnerTextAsync(), "[^0-9]", ""), System.Globalization.CultureInfo.InvariantCulture);

        await page.Locator("header.head button").First.ClickAsync();
        await page.GetByTestId("searches").Locator("input[type=text]").FillAsync("failed " + theme);
        await page.GetByTestId("searches").Locator("input[type=checkbox]").CheckAsync();
        await page.GetByTestId("searches").Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("searches").Locator("li", new LocatorLocatorOptions { HasText = "failed " + theme })).ToBeVisibleAsync();
        await Picture(page, $"saved-searches-{culture}-{theme}");

        await page.Locator("header.head button").Nth(1).ClickAsync();
        foreach (var (format, at) in new[] { ("csv", 0), ("ndjson", 1) })
        {
            await page.GetByTestId("exports").Locator("p button").Nth(at).ClickAsync();
            await Expect(page.GetByTestId("export-" + format).Locator("a[download]")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 15_000 });
            var waiting = page.WaitForDownloadAsync();
            await page.GetByTestId("export-" + format).Locator("a[download]").ClickAsync();
            var lines = await File.ReadAllLinesAsync(await (await waiting).PathAsync());
            Assert.That(lines, Has.Length.EqualTo(found + (format == "csv" ? 1 : 0)), format);
            Assert.That(lines[^1], Does.Contain("Failed password"));
        }
        await Picture(page, $"exports-{culture}-{theme}");

        var other = await SignedIn(culture, theme, 1440, Role.Viewer);
        await Open(other, "/logs");
        await other.Locator("header.head button").First.ClickAsync();
        await other.GetByTestId("searches").GetByText("failed " + theme, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Expect(other).ToHaveURLAsync(new Regex("Failed"));
        NothingComplained();
    }

    [Test]
    public async Task An_alert_leads_to_the_event_that_proves_it()
    {
        var page = await SignedIn("en");
        await Open(page, "/alerts?span=all");
        await page.Locator(".list tbody tr a").First.ClickAsync();
        await page.Locator("aside ul.ids a").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/logs\\?event="));
        await Expect(page.Locator("aside pre")).Not.ToBeEmptyAsync();
        await page.Locator("aside p button").ClickAsync();
        await Expect(page.Locator("tbody tr.open")).ToHaveCountAsync(1);
        await Picture(page, "evidence");
        NothingComplained();
    }

    [Test]
    public async Task A_stranger_can_not_fetch_an_export()
    {
        using var owner = await Site.SignIn(Role.Analyst);
        using var begun = await owner.PostAsync("/api/events/exports", new StringContent("""{"query":"","from":"2020-01-01T00:00:00Z","to":"2099-01-01T00:00:00Z","format":"csv"}""", System.Text.Encoding.UTF8, "application/json"));
        var id = System.Text.Json.JsonDocument.Parse(await begun.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        for (var i = 0; i < 50 && !(await owner.GetStringAsync("/api/events/exports")).Contains("Done", StringComparison.Ordinal); i++) await Task.Delay(200);
        using var mine = await owner.GetAsync($"/api/events/exports/{id}/file");
        Assert.That((int)mine.StatusCode, Is.EqualTo(200));
        using var stranger = await Site.SignIn(Role.Analyst);
        using var theirs = await stranger.GetAsync($"/api/events/exports/{id}/file");
        Assert.That((int)theirs.StatusCode, Is.EqualTo(404));
        using var gone = await owner.DeleteAsync($"/api/events/exports/{id}");
        using var after = await owner.GetAsync($"/api/events/exports/{id}/file");
        Assert.That((int)after.StatusCode, Is.EqualTo(404));
    }
}
