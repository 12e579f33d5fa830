using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A colleague is invited, joins with a phone, comes back with a recovery code, and is sent away by the administrator while a page is open.</summary>
[Category("X6")]
public sealed class JoinJourney : BrowserTest
{
    private const string Password = "nine brown foxes rest";

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_invited_colleague_joins_comes_back_and_can_be_sent_away(string culture, string theme)
    {
        var name = "colleague." + theme;
        var admin = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(admin, "/users?new=1");
        await admin.Locator("aside input[type=text]").FillAsync(name);
        await admin.Locator("aside button[type=submit]").ClickAsync();
        var link = Regex.Match(await admin.GetByTestId("secret").InnerTextAsync(), "/join#\\S+").Value;

        var page = await Stranger(culture, theme);
        await page.GotoAsync(new Uri(Site.Address, link).ToString());
        await Expect(page).ToHaveURLAsync(new Regex("/join$"));
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("short");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        var key = await page.GetByTestId("totp-key").InnerTextAsync();
        await page.Locator("input[name=code]").FillAsync("12");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(page.GetByTestId("totp-key")).ToHaveTextAsync(key);
        await page.Locator("input[name=code]").FillAsync(new Totp(Base32Encoding.ToBytes(key)).ComputeTotp());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("recovery-codes").Locator("li")).ToHaveCountAsync(10);
        var codes = await page.GetByTestId("recovery-codes").Locator("li").AllInnerTextsAsync();
        await Picture(page, $"join-codes-{culture}-{theme}");
        await page.Locator("a.act").ClickAsync();
        await Expect(page.Locator("html[data-ready=interactive] h1")).ToBeVisibleAsync();

        await page.Locator("a[href='/sign-out']").ClickAsync();
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GotoAsync(new Uri(Site.Address, "/account").ToString());
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in\\?return="));
        await page.Locator("input[name=name]").FillAsync(name.ToUpperInvariant());
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("input[name=code]").FillAsync(codes[0]);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Expect(page).ToHaveURLAsync(new Regex("/account$"));
        await Expect(page.Locator("main")).ToContainTextAsync("9");

        // The link is used up, and says so before a password is thought of in vain.
        var late = await Stranger(culture, theme);
        await late.GotoAsync(new Uri(Site.Address, link).ToString());
        await late.Locator("input[name=password]").FillAsync(Password);
        await late.Keyboard.PressAsync("Enter");
        await Expect(late.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();

        await Open(admin, "/users?user=" + name);
        await admin.Locator("aside button.link").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in"), new PageAssertionsToHaveURLOptions { Timeout = 20_000 });
        await Picture(page, $"sent-away-{culture}-{theme}");
    }

    private async Task<IPage> Stranger(string culture, string theme)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, Locale = culture, ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        return await context.NewPageAsync();
    }
}
