using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An operator's analyst enters indicators for the sites of its customers, finds them, takes one back and thinks better of it.</summary>
[Category("C1.3")]
public sealed class OwnIndicatorsJourney : AxeTest
{
    /// <inheritdoc/>
    protected override string TierName => "operator";

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => LinkedTiers.Upper;

    [TestCase("zh-CN", "light", "203.0.113.71"), Order(1)]
    [TestCase("en", "dark", "203.0.113.72")]
    public async Task Values_are_entered_found_withdrawn_and_brought_back(string culture, string theme, string address)
    {
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        await Open(page, "/indicators");
        if (culture == "zh-CN") await Expect(page.Locator("p.empty")).ToBeVisibleAsync();
        await page.GetByTestId("new").ClickAsync();
        await page.GetByTestId("text").FillAsync($"{address}\nhxxp://evil[.]example/{address}\n10.0.0.1\n<script>alert(1)</script>");
        await page.GetByTestId("family").FillAsync("RedLeaves");
        await page.GetByTestId("techniques").FillAsync("not one");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("techniques").FillAsync("t1071.001");
        await page.GetByTestId("severity").SelectOptionAsync("4");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("added")).ToContainTextAsync("2");
        await Expect(page.Locator("aside tbody tr")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("own-" + address)).ToContainTextAsync("T1071.001");
        await Picture(page, $"own-indicators-new-{culture}-{theme}");
        // Nobody has delegated to this operator: what was entered is not sent, and the page says so instead of leaving it to be found out.
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Expect(page.GetByTestId("stuck")).ToBeVisibleAsync();

        await Open(page, "/indicators");
        await page.GetByTestId("search").FillAsync(address);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(2);
        await page.GetByTestId("withdraw-" + address).ClickAsync();
        await Expect(page.GetByTestId("withdrawn")).ToContainTextAsync(address);
        await Expect(page.GetByTestId("own-" + address)).ToHaveCountAsync(0);
        await Picture(page, $"own-indicators-withdrawn-{culture}-{theme}");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.GetByTestId("own-" + address)).ToContainTextAsync("RedLeaves");
        await page.GetByTestId("withdraw-" + address).ClickAsync();
        await page.GetByTestId("state").SelectOptionAsync("true");
        await Expect(page.GetByTestId("own-" + address)).ToBeVisibleAsync();
        await Open(page, "/indicators");
        await Picture(page, $"own-indicators-{culture}-{theme}");
        NothingComplained();
        Assert.That(await Look(page, "/indicators at an operator"), Is.Empty);
        await Open(page, "/indicators?new=1");
        Assert.That(await Look(page, "/indicators with the form"), Is.Empty);
    }

    [Test]
    public async Task Whoever_may_only_read_is_offered_no_change()
    {
        var page = await SignedIn("en", "light", 1440, Role.Viewer);
        await Open(page, "/indicators?new=1");
        await Expect(page.GetByTestId("new")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("save")).ToHaveCountAsync(0);
        NothingComplained();
    }
}
