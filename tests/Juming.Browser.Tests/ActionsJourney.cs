using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>What playbooks reach for, as people keep it: secrets.</summary>
[Category("S3.2")]
public sealed class ActionsJourney : AxeTest
{
    private const string Word = "Tr0ub4dor&3-secret";

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_secret_is_kept_replaced_and_removed_and_never_shown(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(page, "/playbooks");
        await page.Locator("nav a[href='/secrets']").ClickAsync();
        await page.GetByTestId("new").ClickAsync();
        await page.GetByTestId("name").FillAsync("soar-" + theme);
        await page.GetByTestId("origin").FillAsync("https://soar.example.cn:8443/path");
        await page.GetByTestId("value").FillAsync(Word);
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        Assert.That(await page.GetByTestId("value").InputValueAsync(), Is.Empty, "what was typed does not stay in the page");
        await page.GetByTestId("origin").FillAsync("https://soar.example.cn:8443");
        await page.GetByTestId("value").FillAsync(Word);
        found.AddRange(await Look(page, "/secrets with its form"));
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.GetByTestId("said")).ToContainTextAsync("soar-" + theme);
        await page.GetByTestId("secret-soar-" + theme).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("use")).Not.ToContainTextAsync("…");
        await page.GetByTestId("value").FillAsync(Word + "2");
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.GetByTestId("said")).ToBeVisibleAsync();
        await page.GetByTestId("secret-soar-" + theme).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByTestId("remove").ClickAsync();
        await page.GetByTestId("typed").FillAsync("soar");
        await Expect(page.GetByTestId("confirm")).ToBeDisabledAsync();
        found.AddRange(await Look(page, "/secrets with its pane"));
        await Picture(page, $"secrets-{culture}-{theme}");
        Assert.That(await page.ContentAsync(), Does.Not.Contain(Word));
        await page.GetByTestId("typed").FillAsync("soar-" + theme);
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("secret-soar-" + theme)).ToHaveCountAsync(0);
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }
}
