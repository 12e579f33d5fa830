using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Site.Detection;
using Juming.Site.Detection.Alerts.List;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>A whole site: a line on the wire becomes an alert that the API shows.</summary>
[Category("S2.6")]
internal sealed class DetectionEndToEndTests
{
    private static Dictionary<string, string?> Settings(int port) => new() { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}" };

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [Test]
    public async Task Six_refused_passwords_over_tcp_are_a_brute_force_alert_with_attacker_and_evidence()
    {
        var port = FreePort();
        await using var site = await RunningTier.Start(settings: Settings(port));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            var now = TimeProvider.System.GetLocalNow().UtcDateTime.AddHours(8);
            for (var i = 0; i < 8; i++)
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"<38>{now.AddSeconds(i - 20):MMM dd HH:mm:ss} web01 sshd[{900 + i}]: Failed password for root from 203.0.113.9 port {40001 + i} ssh2\n"));
        }
        AlertItem? found = null;
        for (var i = 0; i < 150 && found is null; i++)
        {
            await Task.Delay(100);
            found = (await site.Send(new ListAlerts { RuleId = "37135155-9a30-41ae-9ad7-beaf4e513dcd" })).Value.Items.FirstOrDefault();
        }
        if (found is null) await Explain(site);
        Assert.That(found, Is.Not.Null, "no alert within 15 s");
        Assert.Multiple(() =>
        {
            Assert.That(found!.Alert.Attacker, Is.EqualTo("203.0.113.9"));
            Assert.That(found.Alert.Host, Is.EqualTo("web01"));
            Assert.That(found.Alert.Severity, Is.EqualTo(Severity.Medium));
            Assert.That(found.Alert.Events, Is.Not.Empty);
            Assert.That(found.Alert.SourceId, Is.GreaterThan(0));
        });
    }

    [Test]
    public async Task The_api_is_closed_to_those_who_are_not_signed_in()
    {
        await using var site = await RunningTier.Start(settings: Settings(FreePort()));
        using var client = site.Client();
        foreach (var path in new[] { "alerts", "rules", "coverage", "alerts/export", $"alerts/{Guid.NewGuid()}" })
            Assert.That((await client.GetAsync(new Uri("/api/detection/" + path, UriKind.Relative))).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), path);
    }

    private static async Task Explain(RunningTier site)
    {
        var store = (Juming.Site.Events.IEventStore)site.Services.GetService(typeof(Juming.Site.Events.IEventStore))!;
        TestContext.Out.WriteLine($"stored batches: {store.LastSequence}");
        await foreach (var batch in store.ReadAfter(0, CancellationToken.None))
            foreach (var line in batch.Lines) TestContext.Out.WriteLine(Encoding.UTF8.GetString(line.Raw));
        foreach (var item in (await site.Send(new ListAlerts())).Value.Items) TestContext.Out.WriteLine($"alert {item.Alert.RuleId} {item.Alert.Title} x{item.Alert.Count}");
        foreach (var source in (await site.Send(new Juming.Site.Detection.Coverage.GetCoverage())).Value.Sources.Where(s => s.LastSeen is not null)) TestContext.Out.WriteLine($"source {source.Name} {source.LastSeen}");
    }
}
