using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A device nobody knows: its lines are recognised, one field is corrected, the pack is published, and the next line is read.</summary>
[Category("S2")]
public sealed class WorkbenchJourney : BrowserTest
{
    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task Unknown_lines_become_a_pack_and_the_next_line_is_read(string culture, string theme)
    {
        var mark = theme == "dark" ? "NIGHTGATE" : "DAYGATE";
        await SendLines(Enumerable.Range(1, 40).Select(i => $"{mark} session {i} opened by <b>user{i % 7}</b> from 10.9.{i % 5}.{i} port {40000 + i} to 203.0.113.{i} port 8443 verdict {(i % 3 == 0 ? "deny" : "allow")}"));
        var page = await SignedIn(culture, theme, 1440, Role.Analyst, Role.SecurityAdmin);
        var recognise = page.GetByTestId("unknown").Locator("tbody tr a[href^='/parsers/new']").First;
        for (var i = 0; i < 40; i++)
        {
            await Open(page, "/parsers");
            if (await recognise.IsVisibleAsync()) break;
            await Task.Delay(250);
        }
        await Expect(page.GetByTestId("packs").Locator("tbody tr").First).ToBeVisibleAsync();
        await Picture(page, $"parsers-{culture}-{theme}");
        await recognise.ClickAsync();

        await Expect(page.GetByTestId("preview").Locator("header [role=status]")).ToBeVisibleAsync();
        // The lines of the test before stand there too, so this device's own are pasted.
        await page.GetByTestId("lines").FillAsync(string.Join('\n', Enumerable.Range(1, 12).Select(i => $"{mark} session {i} opened by <b>user{i % 7}</b> from 10.9.{i % 5}.{i} port {40000 + i} to 203.0.113.{i} port 8443 verdict {(i % 3 == 0 ? "deny" : "allow")}")));
        await page.GetByTestId("name").FillAsync("site-" + theme);
        await page.GetByTestId("guess").ClickAsync();
        await Expect(page.GetByTestId("preview").Locator("header [role=status]")).ToContainTextAsync("12");
        await Expect(page.GetByTestId("field-sip").Locator("input")).ToHaveValueAsync("source.ip");
        await Expect(page.GetByTestId("preview").Locator("b:has-text('user1')")).ToHaveCountAsync(0);

        var corrected = page.GetByTestId("fields").Locator("tbody tr", new LocatorLocatorOptions { HasText = "user1" }).Locator("input");
        await corrected.FillAsync("user.name");
        await corrected.PressAsync("Tab");
        await Expect(page.GetByTestId("preview").Locator(".found b", new LocatorLocatorOptions { HasText = "user.name" }).First).ToBeVisibleAsync();
        await page.GetByTestId("vendor").FillAsync("acme");
        await page.GetByTestId("product").FillAsync("gate");
        await page.GetByTestId("product").PressAsync("Tab");
        await page.GetByTestId("run-test").ClickAsync();
        await Expect(page.GetByTestId("test-said")).ToContainTextAsync("40");
        await page.GetByTestId("fields").Locator("summary").ClickAsync();
        await Expect(page.GetByTestId("yaml")).ToHaveValueAsync(new Regex("vendor: \"acme\""));
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Root(), "artifacts", "screenshots", $"workbench-{culture}-{theme}.png"), FullPage = true });
        await page.GetByTestId("do-publish").ClickAsync();
        await Expect(page.GetByTestId("published")).ToBeVisibleAsync();

        await SendLines([$"{mark} session 99 opened by <b>lina</b> from 10.9.9.99 port 40999 to 203.0.113.99 port 8443 verdict deny"]);
        for (var i = 0; i < 40; i++)
        {
            await Open(page, "/logs?q=" + Uri.EscapeDataString("source.ip:10.9.9.99 and jm.parser:site-" + theme));
            await Task.Delay(300);
            if (await page.Locator(".list tbody tr").CountAsync() > 0) break;
        }
        await page.Locator(".list tbody tr a, .list tbody tr button").First.ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("acme");
        await Picture(page, $"workbench-parsed-{culture}-{theme}");

        await Open(page, "/parsers?text=site-" + theme);
        await page.GetByTestId("packs").Locator("button.link").First.ClickAsync();
        await Expect(page.GetByTestId("withdrawn")).ToContainTextAsync("site-" + theme);
        await Picture(page, $"parsers-withdrawn-{culture}-{theme}");
        NothingComplained();
    }

    [Test]
    public async Task A_broken_text_is_told_by_line_and_can_not_be_published()
    {
        var page = await SignedIn("zh-CN", "light", 1440, Role.SecurityAdmin);
        await Open(page, "/parsers/new");
        await page.GetByTestId("lines").FillAsync("alpha=1 beta=2 gamma=3");
        await page.GetByTestId("guess").ClickAsync();
        await page.GetByTestId("fields").Locator("summary").ClickAsync();
        await page.GetByTestId("yaml").FillAsync("pack: x\nwhen:\n  contains: [alpha]\nshell: rm\n");
        await page.GetByTestId("yaml").PressAsync("Tab");
        await Expect(page.GetByTestId("problems")).ToContainTextAsync("4");
        await Expect(page.GetByTestId("do-publish")).ToBeDisabledAsync();
        await Expect(page.GetByTestId("field-alpha").Locator("input")).ToBeDisabledAsync();
        await page.GetByTestId("yaml").FillAsync("pack: x\nwhen:\n  contains: [alpha]\nparse:\n  - {kind: kv}\nfields: {alpha: user.name}\n");
        await page.GetByTestId("yaml").PressAsync("Tab");
        await Expect(page.GetByTestId("problems")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("do-publish")).ToBeEnabledAsync();
        await page.GetByTestId("yaml").FillAsync("pack: x\nshell: rm\n");
        await page.GetByTestId("yaml").PressAsync("Tab");
        await Expect(page.GetByTestId("problems")).ToBeVisibleAsync();
        await Picture(page, "workbench-broken");
        NothingComplained();
    }

    [Test]
    public async Task Five_hundred_long_lines_can_be_pasted()
    {
        var page = await SignedIn("en", "light", 1440, Role.Analyst);
        await Open(page, "/parsers/new");
        await page.GetByTestId("lines").FillAsync(string.Join('\n', Enumerable.Range(1, 500).Select(i => $"acme id={i} src=10.1.{i / 250}.{i % 250} dst=203.0.113.{i % 250} note=\"{new string('x', 250)} 中文\" verdict=deny")));
        await page.GetByTestId("guess").ClickAsync();
        await Expect(page.GetByTestId("preview").Locator("header [role=status]")).ToContainTextAsync("500 of 500", new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });
        await Expect(page.GetByTestId("publish")).ToContainTextAsync("collection.publish");
        await Expect(page.GetByTestId("do-publish")).ToHaveCountAsync(0);
        NothingComplained();
    }

    private async Task SendLines(IEnumerable<string> lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", SyslogPort);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }
}
