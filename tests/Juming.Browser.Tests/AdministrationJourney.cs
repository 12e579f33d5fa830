using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>Administrators look after accounts, tokens and the audit trail of any tier.</summary>
[Category("X6")]
public sealed class AdministrationJourney : BrowserTest
{
    protected override string TierName => "operator";

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task The_system_administrator_adds_a_person_and_a_token(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(page, "/");
        await Expect(page.GetByTestId("accounts")).ToBeVisibleAsync();
        await Picture(page, $"operator-overview-{culture}-{theme}");

        var name = "li." + theme;
        await Open(page, "/users?new=1");
        await page.Locator("aside input[type=text]").FillAsync(name);
        await page.Locator("aside button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("secret")).ToContainTextAsync("/join#");
        await Expect(page.Locator("aside")).ToContainTextAsync(name);
        await Picture(page, $"users-{culture}-{theme}");
        await Open(page, "/users?user=" + name);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new System.Text.RegularExpressions.Regex("Reset password|重置密码") }).ClickAsync();
        await Expect(page.GetByTestId("resets")).ToBeVisibleAsync();
        await page.GetByTestId("resets").Locator("summary").ClickAsync();
        await Expect(page.GetByTestId("resets")).ToContainTextAsync(name);

        await Open(page, "/tokens?new=1");
        await page.Locator("aside input[type=text]").FillAsync("report-" + theme);
        await page.Locator("aside input[type=checkbox]").First.CheckAsync();
        await page.Locator("aside button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("secret")).ToContainTextAsync("jm_");
        await Expect(page.GetByTestId("token-report-" + theme)).ToBeVisibleAsync();
        await Picture(page, $"tokens-{culture}-{theme}");

        await Open(page, "/account");
        await Expect(page.Locator("table tbody tr")).ToHaveCountAsync(1);
        await Picture(page, $"account-{culture}-{theme}");
        NothingComplained();
    }

    [Test]
    public async Task An_old_proof_of_identity_is_asked_again_in_place_and_the_form_stays()
    {
        var page = await SignedIn("en", "light", 1440, Role.SystemAdmin);
        await Site.SetConfirmed(DateTimeOffset.UnixEpoch);
        await Open(page, "/users?new=1");
        await page.Locator("aside input[type=text]").FillAsync("late.comer");
        await page.Locator("aside button[type=submit]").ClickAsync();
        await page.GetByTestId("confirm").Locator("input").First.FillAsync("wrong password");
        await page.GetByTestId("confirm").Locator("input").Nth(1).FillAsync("000000");
        await page.GetByTestId("confirm").Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("confirm").GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(page.Locator("aside input[type=text]")).ToHaveValueAsync("late.comer");
        await Picture(page, "confirm");
        await Site.SetConfirmed(TimeProvider.System.GetUtcNow());
    }

    [Test]
    public async Task The_security_administrator_gives_roles_and_separation_holds()
    {
        using var made = await Site.SignIn(Role.Viewer);
        var page = await SignedIn("en", "light", 1440, Role.SecurityAdmin);
        await Open(page, "/users");
        await page.Locator("tbody a").First.ClickAsync();
        await page.Locator("aside label.choice", new PageLocatorOptions { HasText = "System administrator" }).Locator("input").CheckAsync();
        await page.Locator("aside label.choice", new PageLocatorOptions { HasText = "Audit administrator" }).Locator("input").CheckAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save roles" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("two of system");
        await Picture(page, "users-roles");
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task The_audit_administrator_reads_filters_and_verifies(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.AuditAdmin);
        await Open(page, "/audit");
        await Open(page, "/audit?act=SearchAudit");
        await page.Locator("tbody a").First.ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("SearchAudit");
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.GetByTestId("verdict")).ToContainTextAsync("✓");
        await Picture(page, $"audit-{culture}-{theme}");
        var waiting = page.WaitForDownloadAsync();
        await page.Locator("a[download]").ClickAsync();
        var file = await (await waiting).PathAsync();
        Assert.That(await File.ReadAllTextAsync(file), Does.Contain("SearchAudit").And.Contain("\"seq\",\"at\""));
        NothingComplained();
    }
}
