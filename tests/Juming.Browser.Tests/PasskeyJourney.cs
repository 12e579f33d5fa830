using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A colleague adds a passkey to the own account, signs in with it, proves with it who it is, and takes it away again. The browser's own virtual authenticator holds it.</summary>
[Category("X6")]
public sealed class PasskeyJourney : BrowserTest
{
    private const string Password = "nine brown foxes rest";

    protected override string TierName => "operator";

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_passkey_is_added_signs_in_confirms_and_is_removed(string culture, string theme)
    {
        var name = "keyholder." + theme;
        var admin = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(admin, "/users?new=1");
        await admin.Locator("aside input[type=text]").FillAsync(name);
        await admin.Locator("aside button[type=submit]").ClickAsync();
        var link = Regex.Match(await admin.GetByTestId("secret").InnerTextAsync(), "/join#\\S+").Value;

        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, Locale = culture, ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(At(link));
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("input[name=code]").FillAsync(new Totp(Base32Encoding.ToBytes(await page.GetByTestId("totp-key").InnerTextAsync())).ComputeTotp());
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("a.act").ClickAsync();

        var authenticator = await Authenticator(page);
        await Account(page);
        var passkeys = page.GetByTestId("passkeys");
        await passkeys.Locator("input").FillAsync("Laptop");
        await passkeys.Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("passkey")).ToContainTextAsync("Laptop");
        await passkeys.Locator("input").FillAsync("Laptop again");
        await passkeys.Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.GetByTestId("passkey").Locator("button").First.ClickAsync();
        await page.GetByTestId("passkey").Locator("input").FillAsync("Office laptop");
        await page.GetByTestId("passkey").Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("passkey")).ToContainTextAsync("Office laptop");

        await SignOut(page);
        await page.GotoAsync(At("/account"));
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in\\?return="));
        await Picture(page, $"passkey-sign-in-{culture}-{theme}");
        await Button(page).ClickAsync();
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Expect(page).ToHaveURLAsync(new Regex("/account$"));
        await Expect(page.GetByTestId("passkey").Locator("time")).ToHaveCountAsync(2);
        await Picture(page, $"passkey-account-{culture}-{theme}");

        await Site.SetConfirmed(DateTimeOffset.UnixEpoch);
        await page.GetByTestId("passkey").Locator("button").Nth(1).ClickAsync();
        await Picture(page, $"passkey-confirm-{culture}-{theme}");
        await page.GetByTestId("confirm").Locator("button[type=button]").First.ClickAsync();
        await Expect(page.GetByTestId("passkey")).ToHaveCountAsync(0);
        await Site.SetConfirmed(TimeProvider.System.GetUtcNow());

        // The authenticator still has it and offers it; the host knows it no more.
        await SignOut(page);
        await page.GotoAsync(At("/sign-in"));
        await Button(page).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in/passkey$"));

        // Without any, the dialog ends with a reason in place.
        await authenticator.SendAsync("WebAuthn.disable");
        authenticator = await Authenticator(page);
        await Button(page).ClickAsync();
        await Expect(page.Locator("#passkey-problem")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
        await Picture(page, $"passkey-refused-{culture}-{theme}");
        await authenticator.SendAsync("WebAuthn.disable");

        // By address there is none to be had, and the page says why.
        await page.GotoAsync(new Uri(Site.Address, "/sign-in").ToString());
        await Expect(Button(page)).ToHaveCountAsync(0);
        await Expect(page.Locator("form p.soft")).ToBeVisibleAsync();
        await Picture(page, $"passkey-by-address-{culture}-{theme}");
    }

    private static ILocator Button(IPage page) => page.Locator("button[data-passkey]");

    // A passkey belongs to a name: the site is opened as localhost and not by its address.
    private string At(string path) => new Uri(new UriBuilder(Site.Address) { Host = "localhost" }.Uri, path).ToString();

    private async Task Account(IPage page)
    {
        await page.GotoAsync(At("/account"));
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }

    private async Task SignOut(IPage page)
    {
        await page.GotoAsync(At("/sign-out"));
        await page.Locator("button[type=submit]").ClickAsync();
        await Expect(page.Locator("a.act")).ToBeVisibleAsync();
    }

    private static async Task<ICDPSession> Authenticator(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true },
        });
        return session;
    }
}
