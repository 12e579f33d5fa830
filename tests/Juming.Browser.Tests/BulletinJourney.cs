using Juming.Platform.Access;
using Juming.Testing.Content;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An operator writes a bulletin, the site's analyst acknowledges it, and the operator sees how far the site is.</summary>
[Category("C1.5"), Category("Long")]
public sealed class BulletinJourney : BrowserTest
{
    [Test]
    public async Task A_bulletin_goes_down_and_how_far_it_is_comes_back()
    {
        await using var tiers = await ThreeTiers.Start();
        await using var delegated = await tiers.Delegate();
        var writer = await PageOf(tiers.Operator, "zh-CN", "light", Role.SecurityAdmin, Role.Analyst);
        await Go(writer, tiers.Operator.Address, "/issued-bulletins?new=1");
        await writer.GetByTestId("title").FillAsync("网关漏洞<b>通报</b>");
        await writer.GetByTestId("severity").SelectOptionAsync("4");
        await writer.GetByTestId("due").FillAsync("2040-01-31");
        await writer.GetByTestId("text").FillAsync("请核查。<script>alert(1)</script>");
        await writer.GetByTestId("actions").FillAsync("升级网关\n回报进度");
        await writer.GetByTestId("cves").FillAsync("CVE-2031-0001");
        await writer.GetByTestId("to-preview").ClickAsync();
        await Expect(writer.GetByTestId("preview")).ToContainTextAsync("网关漏洞<b>通报</b>");
        await Picture(writer, "bulletin-preview-light");
        await writer.GetByTestId("publish").ClickAsync();
        await Expect(writer.GetByTestId("issued")).ToBeVisibleAsync();

        var reader = await PageOf(tiers.Site, "en", "dark", Role.Analyst);
        for (var i = 0; i < 60; i++)
        {
            await Go(reader, tiers.Site.Address, "/bulletins");
            if (await reader.GetByTestId("bulletin").CountAsync() > 0) break;
            await reader.WaitForTimeoutAsync(500);
        }
        await reader.GetByTestId("bulletin").Locator("a").First.ClickAsync();
        await Expect(reader.GetByTestId("from")).ToContainTextAsync("Operator");
        await Expect(reader.Locator("aside")).ToContainTextAsync("请核查。<script>alert(1)</script>");
        await Picture(reader, "bulletin-site-dark");
        await reader.GetByTestId("move").ClickAsync();
        await Expect(reader.GetByTestId("state")).ToHaveTextAsync("Acknowledged");

        for (var i = 0; i < 60; i++)
        {
            await writer.ReloadAsync();
            await writer.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
            if (await writer.GetByTestId("answer").CountAsync() > 0 && (await writer.GetByTestId("answer").InnerTextAsync()).Count(c => c == '✓') == 2) break;
            await writer.WaitForTimeoutAsync(500);
        }
        Assert.That((await writer.GetByTestId("answer").InnerTextAsync()).Count(c => c == '✓'), Is.EqualTo(2), "received and acknowledged");
        await Picture(writer, "bulletin-answers-light");
        await writer.GetByTestId("reason").FillAsync("已过期");
        await writer.GetByTestId("withdraw").ClickAsync();
        await Expect(writer.Locator("aside .notice")).ToContainTextAsync("已过期");
        var dark = await PageOf(tiers.Operator, "en", "dark", Role.Viewer);
        await Go(dark, tiers.Operator.Address, "/issued-bulletins");
        await Expect(dark.GetByTestId("new")).ToHaveCountAsync(0);
        await Picture(dark, "bulletins-issued-dark");
    }

    private static async Task Go(IPage page, Uri address, string path)
    {
        await page.GotoAsync(new Uri(address, path).ToString());
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }
}
