using Juming.Platform.Access;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A host is registered and tested, and a template is looked at and put into a playbook by hand.</summary>
[Category("S3.2")]
public sealed class SshJourney : AxeTest
{
    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_host_is_registered_tested_and_a_template_chosen(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(page, "/ssh");
        await page.GetByTestId("add").ClickAsync();
        await page.GetByTestId("name").FillAsync("web-" + theme);
        await page.GetByTestId("address").FillAsync("0.0.0.0");
        await page.GetByTestId("account").FillAsync("ops");
        await page.GetByTestId("password").FillAsync("S3cret-" + theme);
        await page.GetByTestId("authorised-by").FillAsync("<b>Wang</b>");
        await page.GetByTestId("authorised-reference").FillAsync("2026-011");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/ssh with its form"));
        // Nobody answers at an address of this range: what is told is the network's word.
        await page.GetByTestId("address").FillAsync(theme == "dark" ? "192.0.2.7" : "192.0.2.8");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("test")).ToBeVisibleAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("<b>Wang</b>");
        Assert.That(await page.ContentAsync(), Does.Not.Contain("S3cret-" + theme));
        found.AddRange(await Look(page, "/ssh with its pane"));
        await Picture(page, $"ssh-hosts-{culture}-{theme}");
        await Open(page, "/ssh/commands?open=lock-account");
        await Expect(page.GetByTestId("try-account")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/ssh/commands with its pane"));
        await Picture(page, $"ssh-commands-{culture}-{theme}");
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }
}
