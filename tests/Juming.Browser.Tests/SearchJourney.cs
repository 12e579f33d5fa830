using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst searches, keeps the search, takes the result away, and comes back from an alert.</summary>
[Category("S2")]
public sealed class SearchJourney : AxeTest
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

    [TestCase("zh-CN", "light", 1440)]
    [TestCase("en", "dark", 1440)]
    [TestCase("zh-CN", "dark", 390)]
    [TestCase("en", "light", 390)]
    public async Task The_page_shows_all_it_has_and_keeps_nobody_out(string culture, string theme, int width)
    {
        var page = await SignedIn(culture, theme, width);
        await Open(page, "/logs?from=now-7d&by=severity&cols=source.ip,user.name&q=source.ip:*");
        await Expect(page.GetByTestId("histogram")).ToBeVisibleAsync();
        NothingComplained();
        var found = new List<string>(await Look(page, "with columns"));
        await Picture(page, $"logs-{culture}-{theme}-{width}");
        await page.Locator(".list tbody tr button.link").First.ClickAsync();
        await page.GetByTestId("pin").Locator("button").First.ClickAsync();
        await Expect(page.GetByTestId("pin").Locator("select, p").First).ToBeVisibleAsync();
        await page.GetByTestId("histogram").Locator("button").ClickAsync();
        await page.Locator("header.head button").Nth(2).ClickAsync();
        await Expect(page.GetByTestId("fields")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "with everything open"));
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Root(), "artifacts", "screenshots", $"logs-open-{culture}-{theme}-{width}.png"), FullPage = width < 800 });
        await page.Locator("[popovertarget=query-help]").ClickAsync();
        found.AddRange(await Look(page, "with the help"));
        await Picture(page, $"logs-help-{culture}-{theme}-{width}");
        Assert.That(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
        await Open(page, "/logs?q=" + Uri.EscapeDataString("user.name:root and source.ip:10.0.0.0/33 not x"));
        await Expect(page.Locator("#query-problem mark")).ToHaveTextAsync("10.0.0.0/33");
        found.AddRange(await Look(page, "with a refused query"));
        await Picture(page, $"logs-refused-{culture}-{theme}-{width}");
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [Test]
    public async Task A_query_is_completed_and_narrowed_with_the_keyboard()
    {
        var page = await SignedIn("en");
        await Open(page, "/logs?from=now-7d");
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("f");
        await page.Keyboard.TypeAsync("not x user.na");
        await Expect(page.Locator("#query-options [role=option]").First).ToHaveTextAsync("user.name");
        await Picture(page, "completion");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#query")).ToHaveValueAsync("not x user.name:");
        await Expect(page.Locator("#query-options [role=option]").First).ToBeVisibleAsync();
        var value = await page.Locator("#query-options [role=option] span").First.InnerTextAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#query")).ToHaveValueAsync(new Regex($"^not x user.name:\"?{Regex.Escape(value)}\"? $"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("user.name"));
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("t");
        await Expect(page.Locator("[data-time]")).ToBeFocusedAsync();
        NothingComplained();
    }

    [Test]
    public async Task The_histogram_is_a_way_to_a_shorter_time()
    {
        var page = await SignedIn("en");
        await Open(page, "/logs?from=now-7d");
        var bars = page.GetByTestId("histogram").Locator("[role=slider]");
        await bars.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(bars).ToHaveAttributeAsync("aria-valuenow", "59");
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("from=20[^&]*Z&.*to=20|to=20[^&]*Z"));
        await Expect(page.GetByTestId("time").Locator(".paste")).ToHaveValueAsync(new Regex("^20.* ~ "));
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();

        var short1 = page.Url;
        var box = (await bars.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.3f), box.Y + 40);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.7f), box.Y + 40, new MouseMoveOptions { Steps = 5 });
        Assert.That(await page.Locator(".bars .marked").CountAsync(), Is.InRange(15, 35));
        await Picture(page, "histogram-drag");
        await page.Mouse.UpAsync();
        await Expect(page).Not.ToHaveURLAsync(short1);
        await Expect(page.Locator(".bars .marked")).ToHaveCountAsync(0);
        NothingComplained();
    }

    [Test]
    public async Task Time_is_pasted_shifted_and_shown_in_another_zone()
    {
        var page = await SignedIn("zh-CN");
        await Open(page, "/logs");
        var paste = page.GetByTestId("time").Locator(".paste");
        await paste.FillAsync("喝茶的时候");
        await paste.PressAsync("Enter");
        await Expect(page.GetByTestId("time").Locator("[role=alert]")).ToBeVisibleAsync();
        await paste.FillAsync("2026-11-20 14:00-16:00");
        await paste.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("from=2026-11-20T06%3A00%3A00Z&to=2026-11-20T08%3A00%3A00Z"));
        await Expect(page.GetByTestId("time").Locator("[role=alert]")).ToHaveCountAsync(0);
        await page.GetByTestId("time").Locator("button").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("from=2026-11-20T04%3A00%3A00Z&to=2026-11-20T06%3A00%3A00Z"));
        await page.GetByTestId("zone").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("zone=utc"));
        await Expect(paste).ToHaveValueAsync("2026-11-20 04:00 ~ 06:00");
        await page.GetByTestId("wider").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("from=2026-11-20T01%3A00%3A00Z&to=2026-11-20T09%3A00%3A00Z"));
        NothingComplained();
    }

    [Test]
    public async Task An_empty_result_says_how_to_go_on()
    {
        var page = await SignedIn("en");
        await Open(page, "/logs?q=" + Uri.EscapeDataString("user.name:root or user.name:nobody-at-all") + "&from=now-15m");
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Open(page, "/logs?q=" + Uri.EscapeDataString("user.name:root and \"no such text\"") + "&from=now-7d");
        await Expect(page.GetByTestId("wider")).ToBeVisibleAsync();
        await Picture(page, "logs-empty");
        await page.GetByTestId("shorter").ClickAsync();
        await Expect(page.Locator("#query")).ToHaveValueAsync("user.name:root");
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        NothingComplained();
    }

    [Test]
    public async Task Events_of_a_wrong_clock_are_hinted_at_and_one_click_away()
    {
        using var sender = await Site.WithToken("collection.write", "collection.send");
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent("""{"@timestamp":"1999-01-01T00:00:00Z","message":"stray-clock-42"}""", System.Text.Encoding.UTF8, "application/x-ndjson"));
        Assert.That((int)sent.StatusCode, Is.EqualTo(200));
        var page = await SignedIn("en");
        await Open(page, "/logs?from=now-1h&q=stray-clock-42");
        await Expect(page.GetByTestId("elsewhere")).ToContainTextAsync("1");
        await Picture(page, "logs-elsewhere");
        await page.GetByTestId("elsewhere").Locator("a").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("time=received"));
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".list tbody tr .warn time")).ToContainTextAsync("1999-01-01");
        NothingComplained();
    }

    [Test]
    public async Task A_value_in_curly_quotes_is_filtered_in_and_shown_as_a_column()
    {
        using var sender = await Site.WithToken("collection.write", "collection.send");
        const string odd = "“零信任” \\ \"x\" *";
        var lines = string.Join('\n', new[] { odd, "other" }.Select(v => System.Text.Json.JsonSerializer.Serialize(new { message = "quoted-42", vendor = new { zone = v } }, new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent(lines, System.Text.Encoding.UTF8, "application/x-ndjson"));
        Assert.That((int)sent.StatusCode, Is.EqualTo(200));
        var page = await SignedIn("en");
        await Open(page, "/logs?from=now-1h&q=quoted-42");
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(2);
        await page.Locator(".list tbody tr", new PageLocatorOptions { HasText = "零信任" }).Locator("button").First.ClickAsync();
        var at = await page.Locator("aside dt").EvaluateAllAsync<int>("all => all.findIndex(dt => dt.textContent.startsWith('vendor.zone'))");
        await page.Locator("aside dt").Nth(at).Locator("button").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("cols=vendor.zone"));
        await Expect(page.Locator(".list td.cell", new PageLocatorOptions { HasText = odd })).ToHaveCountAsync(1);
        await page.Locator("aside dd").Nth(at).Locator("button").First.ClickAsync();
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".list td.cell")).ToHaveTextAsync(odd);
        NothingComplained();
    }

    [Test]
    public async Task An_event_is_pinned_to_an_incident()
    {
        var page = await SignedIn("en");
        await Open(page, "/incidents");
        for (var i = 0; i < 40 && await page.Locator(".list tbody tr").CountAsync() == 0; i++)
        {
            await Task.Delay(500);
            await Open(page, "/incidents");
        }
        await Open(page, "/logs?from=now-7d&q=Failed");
        await page.Locator(".list tbody tr button.link").First.ClickAsync();
        await page.GetByTestId("pin").Locator("button").First.ClickAsync();
        await page.GetByTestId("pin").Locator("input").FillAsync("seen in the search");
        await page.GetByTestId("pin").Locator("button[type=submit]").ClickAsync();
        await page.GetByTestId("pin").Locator(".success a").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/incidents/INC-"));
        await page.GetByTestId("tab-evidence").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("seen in the search");
        NothingComplained();

        var viewer = await SignedIn("en", "light", 1440, Role.Viewer);
        await Open(viewer, "/logs?from=now-7d&q=Failed");
        await viewer.Locator(".list tbody tr button.link").First.ClickAsync();
        await Expect(viewer.Locator("aside pre")).ToBeVisibleAsync();
        await Expect(viewer.GetByTestId("pin")).ToHaveCountAsync(0);
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
