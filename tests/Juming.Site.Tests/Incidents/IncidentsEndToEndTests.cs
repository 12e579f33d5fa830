using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Site.Collection;
using Juming.Site.Detection;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Open;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>A whole site: lines on the wire become an incident, and so does a notice of the program itself.</summary>
[Category("S2.6")]
internal sealed class IncidentsEndToEndTests
{
    [Test]
    public async Task Refused_passwords_over_tcp_become_an_incident_with_its_explanation()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        await using var site = await RunningTier.Start(services: s => s.AddSingleton(new CollectionSettings { Udp = [], Tcp = [$"127.0.0.1:{port}"] }));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            var now = TimeProvider.System.GetLocalNow().UtcDateTime.AddHours(8);
            for (var i = 0; i < 8; i++)
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"<38>{now.AddSeconds(i - 20):MMM dd HH:mm:ss} web01 sshd[{900 + i}]: Failed password for root from 203.0.113.9 port {40001 + i} ssh2\n"));
        }
        site.Services.GetRequiredService<IAlertIntake>().Raise("collection.source-silent", Severity.Medium, new Dictionary<string, string> { ["source"] = "fw-1" }, 1, TimeProvider.System.GetUtcNow());
        var found = await Wait(site, new ListIncidents { Entity = "203.0.113.9" });
        Assert.That(found, Is.Not.Null, "no incident within 20 s");
        var dossier = (await site.Send(new GetIncident(found!.Number))).Value;
        Assert.Multiple(() =>
        {
            Assert.That(dossier.Alerts[0].Reason, Is.EqualTo("opened"));
            Assert.That(dossier.Parties.Select(p => p.Value), Does.Contain("203.0.113.9").And.Contain("web01"));
            Assert.That(found.Title.Arguments["attack"], Is.EqualTo("T1110"));
        });
        Assert.That(await Wait(site, new ListIncidents { Text = "collection.source-silent" }), Is.Not.Null, "a silent source is an incident too");
    }

    private static async Task<Juming.Site.Incidents.IncidentBrief?> Wait(RunningTier site, ListIncidents query)
    {
        for (var i = 0; i < 200; i++)
        {
            await Task.Delay(100);
            if ((await site.Send(query)).Value.Items.FirstOrDefault() is { } found) return found;
        }
        return null;
    }
}
