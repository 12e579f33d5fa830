using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The console without a mouse.</summary>
[Category("X8")]
public sealed class KeyboardJourney : BrowserTest
{
    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(1000);

    [TestCase("zh-CN", "light", "gjjs")]
    [TestCase("en", "dark", "alerts")]
    public async Task The_palette_goes_to_a_page_and_searches_the_logs(string culture, string theme, string typed)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync(typed == "gjjs" ? "gj" : typed);
        await Expect(page.Locator("#palette [aria-selected=true]")).ToBeVisibleAsync();
        await Picture(page, $"palette-{culture}-{theme}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/alerts"));
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();

        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("Failed password");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/logs\\?from=now-7d&q=Failed%20password"));
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        NothingComplained();
    }

    [TestCase("/alerts?span=all")]
    [TestCase("/logs?from=now-7d")]
    [TestCase("/sources")]
    [TestCase("/rules")]
    public async Task Keys_walk_a_list_open_the_pane_and_close_it(string path)
    {
        var page = await SignedIn("en");
        await Open(page, path);
        await Expect(page.Locator(".list tbody tr").Nth(1)).ToBeVisibleAsync();
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".split > aside")).ToBeVisibleAsync();
        await Expect(page.Locator(".list tbody tr").First).ToHaveClassAsync("open");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".list tbody tr").Nth(1)).ToHaveClassAsync("open");
        await page.Keyboard.PressAsync("k");
        await Expect(page.Locator(".list tbody tr").First).ToHaveClassAsync("open");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".split > aside")).ToHaveCountAsync(0);
        NothingComplained();
    }

    [Test]
    public async Task Help_tells_the_keys_and_can_turn_them_off()
    {
        var page = await SignedIn("en");
        await Open(page, "/");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#keys")).ToBeVisibleAsync();
        await Picture(page, "keys");
        await page.Locator("#keys input").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#keys")).Not.ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#palette")).ToBeVisibleAsync();
        NothingComplained();
    }
}
