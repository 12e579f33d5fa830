using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>What the cloud publishes, seen at the site that takes it and at the operator that passes it on: an indicator with all that is known of it, and packs with what became of them.</summary>
[Category("C4.1")]
public sealed class TravelJourney : AxeTest
{
    /// <inheritdoc/>
    protected override string TierName => "cloud";

    [Test]
    public async Task An_indicator_and_packs_are_followed_from_the_cloud_to_the_site_and_back()
    {
        var port = FreePort();
        await using var tiers = await ThreeTiers.Start(siteSettings: new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}" });
        await tiers.Publish("rules", "journey", 1, "规则<b>包</b>", Rule());
        await tiers.Publish("playbooks", "port-scan", 1, "Playbook", await File.ReadAllBytesAsync(Path.Combine(Root(), "src", "Juming.Site", "Response", "Ready", "port-scan.json")));

        var cloud = await PageOf(tiers.Cloud, "zh-CN", "light", Role.SecurityAdmin, Role.Analyst);
        await Go(cloud, tiers.Cloud, "/indicators?new=1");
        await cloud.GetByTestId("text").FillAsync("beacon[.]journey-bad.net");
        await cloud.GetByTestId("threat").SelectOptionAsync("C2");
        await cloud.GetByTestId("family").FillAsync("Emotet <i>家族</i>");
        await cloud.GetByTestId("techniques").FillAsync("T1071.001, T1105");
        await cloud.GetByTestId("save").ClickAsync();
        await Expect(cloud.GetByTestId("added")).ToBeVisibleAsync();
        await Picture(cloud, "travel-cloud-enter-light");

        var site = await PageOf(tiers.Site, "zh-CN", "light", Role.Analyst);
        for (var i = 0; i < 50; i++)
        {
            await Go(site, tiers.Site, "/indicators?value=beacon.journey-bad.net");
            if (await site.GetByTestId("met").CountAsync() > 0) break;
            await site.WaitForTimeoutAsync(200);
        }
        await Expect(site.GetByTestId("met")).ToContainTextAsync("Emotet <i>家族</i>");
        await Expect(site.GetByTestId("met")).ToContainTextAsync("T1071.001 · T1105");
        await Expect(site.GetByTestId("met")).ToContainTextAsync("TLP:AMBER");
        await Picture(site, "travel-lookup-light");
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("""{"source.ip":"10.20.0.7","dns.question.name":"beacon.journey-bad.net"}""" + "\n"));
        }
        for (var i = 0; i < 50; i++)
        {
            await Go(site, tiers.Site, "/indicators?tab=hits&text=T1105");
            if (await site.GetByTestId("hit-beacon.journey-bad.net").CountAsync() > 0) break;
            await site.WaitForTimeoutAsync(200);
        }
        await Expect(site.GetByTestId("hit-beacon.journey-bad.net")).ToContainTextAsync("T1071.001 T1105");
        await Expect(site.GetByTestId("hit-beacon.journey-bad.net")).ToContainTextAsync("TLP:AMBER");
        await Picture(site, "travel-hits-light");
        Assert.That(await Look(site, "hits with techniques"), Is.Empty);
        await site.GetByTestId("hit-beacon.journey-bad.net").Locator("a").First.ClickAsync();
        await Expect(site.GetByTestId("facts")).ToContainTextAsync("Emotet <i>家族</i>");
        await Picture(site, "travel-alert-light");

        var middle = await PageOf(tiers.Operator, "en", "dark", Role.SecurityAdmin);
        for (var i = 0; i < 50; i++)
        {
            await Go(middle, tiers.Operator, "/library");
            if (await middle.GetByText("waiting for consent 1").CountAsync() > 0) break;
            await middle.WaitForTimeoutAsync(200);
        }
        await Expect(middle.GetByTestId("sites-journey-1")).ToContainTextAsync("in force 1");
        await Expect(middle.GetByTestId("sites-port-scan-1")).ToContainTextAsync("waiting for consent 1");
        await middle.GetByTestId("pack-port-scan-1").Locator("a").ClickAsync();
        await Expect(middle.GetByTestId("site")).ToContainTextAsync("Customer · hq");
        await Expect(middle.GetByTestId("withdraw")).ToHaveCountAsync(0);
        await Picture(middle, "travel-library-operator-dark");
        Assert.That(await Look(middle, "the library at an operator"), Is.Empty);

        await ThreeTiers.Run(tiers.Operator, "library-tally");
        for (var i = 0; i < 50; i++)
        {
            await Go(cloud, tiers.Cloud, "/library?open=rules/journey/1");
            if (await cloud.GetByTestId("site").CountAsync() > 0) break;
            await cloud.WaitForTimeoutAsync(200);
        }
        await Expect(cloud.GetByTestId("site")).ToContainTextAsync("Relay");
        await Expect(cloud.GetByTestId("sites-journey-1")).ToContainTextAsync("生效 1");
        await Picture(cloud, "travel-library-cloud-light");
        Assert.That(await Look(cloud, "the library at the cloud"), Is.Empty);
    }

    private static async Task Go(IPage page, RunningTier tier, string path)
    {
        await page.GotoAsync(new Uri(tier.Address, path).ToString());
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static byte[] Rule() => """
        title: Journey
        id: 5c5c1f6e-52a5-4a6e-9d3b-6f1c2b7f0c03
        status: test
        level: low
        logsource: {product: linux, service: sshd}
        detection:
          selection:
            message|contains: 'never'
          condition: selection
        """u8.ToArray();
}
