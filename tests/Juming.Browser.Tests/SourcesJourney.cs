using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Access;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A sender that is badly read and whose zone is wrong: the page says so, and one click sets the zone.</summary>
[Category("S2")]
public sealed class SourcesJourney : BrowserTest
{
    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_sender_shows_what_is_wrong_with_it_and_its_zone_is_set_by_a_person(string culture, string theme)
    {
        // Every case is a sender of its own: one has had its zone set already.
        var address = theme == "dark" ? "127.0.0.3" : "127.0.0.2";
        using (var client = new TcpClient(new IPEndPoint(IPAddress.Parse(address), 0)))
        {
            await client.ConnectAsync(IPAddress.Loopback, SyslogPort);
            for (var i = 0; i < 30; i++)
            {
                // The device runs on UTC and doesn't say so; each pause ends a batch, and a batch gives one sample of its clock.
                var time = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("zq unknown words of nobody\n", 5)) + $"<38>{time} fw sshd[7]: Failed password for root from 203.0.113.9 port 40022 ssh2\n"));
                await Task.Delay(250);
            }
        }
        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(page, "/sources");
        var row = page.GetByTestId("source-syslog/" + address);
        await Expect(row.Locator("a.bad[href^='/parsers/new?source=']")).ToBeVisibleAsync();
        await Expect(row.Locator("svg polyline")).ToHaveCountAsync(1);
        await row.Locator("button.link").ClickAsync();
        await Expect(page.GetByTestId("proposed-zone")).ToContainTextAsync("Etc/UTC");
        await Picture(page, $"sources-{culture}-{theme}");
        await page.GetByTestId("proposed-zone").Locator("button").ClickAsync();
        await Expect(page.GetByTestId("proposed-zone")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("zone")).ToHaveValueAsync("Etc/UTC");
        await page.Locator("input[list=source-assets]").FillAsync("no such asset");
        await page.Locator("aside button[type=submit]").ClickAsync();
        await Expect(page.Locator("p.error")).ToContainTextAsync("no such asset");
        await Open(page, "/ledger");
        await Expect(page.GetByTestId("imbalance")).ToContainTextAsync("✓");
        await Expect(page.GetByTestId("unbalanced")).ToHaveCountAsync(0);
        await Picture(page, $"ledger-{culture}-{theme}");
    }
}
