using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Access;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst gives the site an indicator, sees who meets it, mutes it, and works through a bulletin.</summary>
[Category("C1.4")]
public sealed class SiteIntelJourney : AxeTest
{
    [Test]
    public async Task An_indicator_given_here_is_met_by_the_next_log_and_stands_on_the_alert()
    {
        var page = await SignedIn("zh-CN", "light", 1440, Role.Analyst);
        await Open(page, "/indicators?tab=own&new=1");
        await page.GetByTestId("value").FillAsync("hxxps://c2[.]evil[.]example/<b>x</b>");
        await page.GetByTestId("threat").FillAsync("红莲 <i>Loader</i>");
        await page.GetByTestId("severity").SelectOptionAsync("4");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(1);
        await page.GetByTestId("new").ClickAsync();
        await page.GetByTestId("value").FillAsync("0.0.0.0/0");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToContainTextAsync("范围过大");
        await page.GetByTestId("value").FillAsync("evil[.]example");
        await page.GetByTestId("threat").FillAsync("红莲 <i>Loader</i>");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(2);
        await page.GetByTestId("own-evil.example").Locator("a").ClickAsync();
        await Picture(page, "site-intel-own-light");
        await Log("""{"source.ip":"10.20.0.7","host.name":"fin-pc-07","dns.question.name":"beacon.evil.example"}""");
        await Open(page, "/indicators?tab=hits");
        for (var i = 0; i < 50 && await page.GetByTestId("hit-evil.example").CountAsync() == 0; i++)
        {
            await page.WaitForTimeoutAsync(200);
            await Open(page, "/indicators?tab=hits");
        }
        await Expect(page.GetByTestId("hit-evil.example").First).ToContainTextAsync("10.20.0.7");
        await Picture(page, "site-intel-hits-light");
        await page.GetByTestId("hit-evil.example").Locator("a").First.ClickAsync();
        await Expect(page.GetByTestId("facts")).ToContainTextAsync("红莲 <i>Loader</i>");
        await Expect(page.GetByTestId("facts")).ToContainTextAsync("beacon.evil.example");
        await Picture(page, "site-intel-alert-light");
        NothingComplained();
        Assert.That(await Look(page, "an alert of an indicator"), Is.Empty);

        page = await SignedIn("en", "dark", 1440, Role.Analyst);
        await Open(page, "/indicators");
        await page.GetByTestId("lookup").FillAsync("x.evil[.]example");
        await page.GetByTestId("lookup").PressAsync("Enter");
        await Expect(page.GetByTestId("met")).ToContainTextAsync("makes an alert");
        await page.GetByTestId("mute-reason").FillAsync("our own exercise");
        await page.GetByTestId("mute").ClickAsync();
        await Expect(page.GetByTestId("met")).ToContainTextAsync("muted here");
        await Picture(page, "site-intel-lookup-dark");
        await Open(page, "/indicators?tab=own&new=file");
        await page.GetByTestId("file").SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = "list.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("value,threat\n203.0.113.77,Kit\ncom.cn,\n10.0.0.1,\n") });
        await Expect(page.GetByTestId("preview")).ToContainTextAsync("1 new");
        await Picture(page, "site-intel-import-dark");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToContainTextAsync("1 new");
        await Open(page, "/indicators?tab=hunts");
        await Expect(page.GetByTestId("hunt").First).ToBeVisibleAsync();
        await Picture(page, "site-intel-hunts-dark");
        NothingComplained();
        Assert.That(await Look(page, "searches of the past"), Is.Empty);
        await Open(page, "/indicators?value=evil.example");
        await Expect(page.GetByTestId("met")).ToBeVisibleAsync();
        Assert.That(await Look(page, "indicators in force"), Is.Empty);
        await Open(page, "/indicators?tab=own&new=file");
        Assert.That(await Look(page, "an import of indicators"), Is.Empty);
    }

    [Test]
    public async Task A_bulletin_is_worked_through_and_answered()
    {
        var page = await SignedIn("zh-CN", "dark", 1440, Role.Analyst);
        await Open(page, "/bulletins?new=1");
        await page.GetByTestId("title").FillAsync("关于防范某组件漏洞的通报");
        await page.GetByTestId("sender").FillAsync("市网信办");
        await page.GetByTestId("due").FillAsync(TimeProvider.System.GetUtcNow().AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await page.GetByTestId("actions").FillAsync("排查受影响资产\n升级到安全版本");
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("bulletin").Locator("a").ClickAsync();
        await page.GetByTestId("move").ClickAsync();
        await Expect(page.GetByTestId("state")).ToHaveTextAsync("已签收");
        await page.GetByTestId("move").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToContainTextAsync("还有 2 项");
        await page.GetByTestId("action-0").CheckAsync();
        await Expect(page.GetByTestId("bulletin")).ToContainTextAsync("1 / 2");
        await page.GetByTestId("action-1").CheckAsync();
        await Expect(page.GetByTestId("bulletin")).ToContainTextAsync("2 / 2");
        await Picture(page, "site-bulletin-dark");
        NothingComplained();
        Assert.That(await Look(page, "/bulletins with its pane"), Is.Empty);
        await Open(page, "/bulletins?new=1");
        Assert.That(await Look(page, "/bulletins with its form"), Is.Empty);
    }

    private async Task Log(string line)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, SyslogPort);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
