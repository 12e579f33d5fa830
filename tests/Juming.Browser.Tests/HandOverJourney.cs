using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The night shift works an incident without a mouse and hands it over by its address; who only looks sees the same and can change nothing.</summary>
[Category("S2.6")]
public sealed class HandOverJourney : BrowserTest
{
    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(500);

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_incident_is_taken_and_commented_by_keys_and_read_by_another(string culture, string theme)
    {
        var page = await SignedIn(culture, theme);
        await Open(page, "/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("i");
        await Expect(page).ToHaveURLAsync(new Regex("/incidents"));
        for (var i = 0; i < 40 && await page.Locator(".list tbody tr").CountAsync() == 0; i++)
        {
            await Task.Delay(500);
            await Open(page, "/incidents");
        }
        // A new page takes the focus to its heading once; a key that comes before that is lost, and no person is so fast.
        for (var i = 0; i < 20 && await page.Locator(".list tbody tr a:focus").CountAsync() == 0; i++)
        {
            await Task.Delay(100);
            await page.Keyboard.PressAsync("j");
        }
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".split > aside")).ToBeVisibleAsync();
        await By(page, page.GetByTestId("open-page"));
        await Expect(page).ToHaveURLAsync(new Regex("/incidents/INC-"));
        await By(page, page.GetByTestId("take"));
        await Expect(page.GetByTestId("state")).ToHaveTextAsync(culture == "en" ? "Acknowledged" : "处理中");
        var said = "handed over at dawn, " + theme;
        await page.GetByTestId("comment").FocusAsync();
        await page.Keyboard.TypeAsync(said);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("entries")).ToContainTextAsync(said);
        var state = await page.GetByTestId("state").InnerTextAsync();

        var reader = await SignedIn(culture, theme, 1440, Role.Viewer);
        await Open(reader, new Uri(page.Url).PathAndQuery);
        await Expect(reader.GetByTestId("entries")).ToContainTextAsync(said);
        await Expect(reader.GetByTestId("state")).ToHaveTextAsync(state);
        await Expect(reader.GetByTestId("take")).ToHaveCountAsync(0);
        await Expect(reader.GetByTestId("close")).ToHaveCountAsync(0);
        await Expect(reader.Locator("main textarea")).ToHaveCountAsync(0);
        await Picture(reader, $"hand-over-{culture}-{theme}");
        NothingComplained();
    }

    [TestCase("zh-CN", "dark")]
    [TestCase("en", "light")]
    public async Task What_a_role_may_not_see_is_neither_offered_nor_shown(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(page, "/");
        foreach (var path in new[] { "/logs", "/incidents", "/audit" })
        {
            await Expect(page.Locator($".side a[href='{path}']")).ToHaveCountAsync(0);
            await page.GotoAsync(new Uri(Site.Address, path).ToString());
            await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(0);
            await Expect(page.GetByRole(AriaRole.Alert).Or(page.Locator("h1")).First).ToBeVisibleAsync();
        }
        await Picture(page, $"may-not-{culture}-{theme}");
    }

    /// <summary>Reaches a control with the Tab key alone, as somebody without a mouse does, and presses Enter.</summary>
    private static async Task By(IPage page, ILocator control)
    {
        await Expect(control).ToBeVisibleAsync();
        for (var i = 0; i < 120; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (!await control.EvaluateAsync<bool>("e => e === document.activeElement")) continue;
            await page.Keyboard.PressAsync("Enter");
            return;
        }
        Assert.Fail("120 presses of Tab did not reach the control.");
    }
}
