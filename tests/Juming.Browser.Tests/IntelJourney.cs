using Juming.Platform.Access;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst of the cloud tier enters values and finds one wrong; an administrator sets up a source that can't be read and sees why.</summary>
[Category("C1.1")]
public sealed class IntelJourney : AxeTest
{
    /// <inheritdoc/>
    protected override string TierName => "cloud";

    [Test]
    public async Task Values_are_entered_found_by_any_writing_and_taken_back()
    {
        var page = await SignedIn("zh-CN", "light", 1440, Role.Analyst);
        await Open(page, "/indicators?new=1");
        await page.GetByTestId("text").FillAsync("hxxp://evil[.]example/<b>x</b>\n203.0.113.7\nbad.evil.example\n10.0.0.1\n");
        await page.GetByTestId("threat").SelectOptionAsync("C2");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("added")).ToContainTextAsync("3");
        await Expect(page.GetByTestId("indicator")).ToHaveCountAsync(3);
        await Picture(page, "intel-add-light");
        await page.GetByTestId("search").FillAsync("bad[.]evil[.]example");
        await page.GetByTestId("search").PressAsync("Enter");
        await Expect(page.GetByTestId("indicator")).ToHaveCountAsync(1);
        await page.GetByTestId("indicator").Locator("a").ClickAsync();
        await Expect(page.GetByTestId("claim")).ToHaveCountAsync(1);
        await page.GetByTestId("reason").FillAsync("自有镜像站");
        await page.GetByTestId("false-positive").ClickAsync();
        await Expect(page.GetByTestId("reopen")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("indicator")).ToContainTextAsync("误报");
        await Picture(page, "intel-pane-light");
        // Before axe, whose own probing of styles the page forbids.
        NothingComplained();
        Assert.That(await Look(page, "/indicators with its pane"), Is.Empty);
    }

    [Test]
    public async Task A_source_that_can_not_be_read_says_why()
    {
        var page = await SignedIn("en", "dark", 1440, Enum.GetValues<Role>());
        await Open(page, "/feeds?new=1");
        await page.GetByTestId("name").FillAsync("Inner list");
        await page.GetByTestId("address").FillAsync("https://10.1.2.3/list.txt");
        await Picture(page, "intel-source-new-dark");
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("source-Inner list").Locator("a").First.ClickAsync();
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("This address may not be called", new() { Timeout = 15_000 });
        await Picture(page, "intel-sources-dark");
        NothingComplained();
        Assert.That(await Look(page, "/feeds with its pane"), Is.Empty);
        await Open(page, "/feeds?new=1");
        Assert.That(await Look(page, "/feeds with its form"), Is.Empty);
    }
}
