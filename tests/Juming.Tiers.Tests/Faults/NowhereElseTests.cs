using System.Diagnostics;
using System.Globalization;
using Juming.Cloud.Operators.Manage;
using Juming.Operator.Customers.Incidents;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Join;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>
/// The program itself as a site, in a network from which only its operator can be reached. It collects, detects, opens incidents, tells how it stands and takes content; what it sends to
/// anywhere else is counted by the kernel, and must be nothing.
/// </summary>
[Category("X3")]
[NonParallelizable]
public sealed class NowhereElseTests
{
    private const int Port = 15_514;

    [Test]
    public async Task A_site_sends_not_one_packet_to_anybody_but_its_operator()
    {
        using var network = await OwnNetwork.Make();
        if (network.Problem is { } problem) Needs.Skip(Needs.Namespaces, problem);
        var folder = Commands.Cli.Folder();
        var data = Path.Combine(folder, "site");
        await using var cloud = await ThreeTiers.StartCloud();
        var trust = await ThreeTiers.FingerprintOf(cloud);
        await using var upper = await RunningTier.Start("operator", settings: new Dictionary<string, string?> { ["Modules:Links:Listen"] = network.Here + ":0", ["Modules:Content:Root"] = trust });
        var above = (await cloud.Send(new MakeOperatorToken("Relay"))).Value;
        Assert.That((await upper.Send(new JoinUpper(above.Url, new Secret(above.Token)))).Error, Is.Null);
        await cloud.Send(new Cloud.ThreatIntel.Indicators.AddIndicators { Text = "45.67.89.1", Threat = Cloud.ThreatIntel.ThreatKind.C2, Confidence = 90, Tlp = Cloud.ThreatIntel.Tlp.Amber });
        await Enrol(network, upper, folder, data);
        var before = await Settled(network);
        string[] line =
        [
            "--tier", "site", "--data", data, "--urls", "https://127.0.0.1:15443", "--set", "Modules:Collection:Udp:0=127.0.0.1:0", "--set", $"Modules:Collection:Tcp:0=127.0.0.1:{Port}", "--set", "Modules:Incidents:OpenFrom=Medium",
            "--set", "Modules:Content:Root=" + trust, "--set", "Log:Level=Warning",
        ];
        using var site = network.Start(["dotnet", typeof(Hosting.TierHost).Assembly.Location, .. line]);
        try
        {
            await Ready(site);
            Feed(network, folder);
            var seen = await At(upper, s => s.Figures is { EventsReceived: > 0, IncidentsOpen: > 0, IntelIndicators: > 0, RoundTripMs: not null } && s.State == SiteState.Connected);
            await ThreeTiers.Until(async () => (await upper.Send(new ListSiteIncidents { Stages = StageGroup.All })).Value.Total > 0, "an incident is told", 60);
            TestContext.Out.WriteLine($"{seen.Figures}");
        }
        finally
        {
            Commands.Cli.Signal(site, "TERM");
            site.WaitForExit(60_000);
        }
        var after = network.Elsewhere;
        // What counts must count: a packet and the look-up of a name, sent from within.
        network.Inside("bash", "-c", "echo x > /dev/udp/203.0.113.9/9");
        var packet = network.Elsewhere;
        network.Inside("getent", "ahosts", "telemetry.example.com");
        var name = network.Elsewhere;
        Directory.Delete(folder, true);
        TestContext.Out.WriteLine($"before {before}, after {after}, with a packet {packet}, with a name {name}");
        Assert.Multiple(() =>
        {
            Assert.That(after - before, Is.Zero, "packets to anybody but the operator");
            Assert.That(packet, Is.GreaterThan(after));
            Assert.That(name, Is.GreaterThan(packet));
        });
    }

    private static async Task Enrol(OwnNetwork network, RunningTier upper, string folder, string data)
    {
        var made = (await upper.Send(new MakeSiteToken("华东电力", "hq"))).Value;
        var file = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(file, made.Token);
        var (code, said) = network.Inside("dotnet", typeof(Hosting.TierHost).Assembly.Location, "enrol", "--operator", made.Url, "--token-file", file, "--data", data);
        Assert.That(code, Is.Zero, said);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "juming.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO links_egress_policies (id, level, changed_at, changed_by) VALUES (1, 3, 0, 'test')";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Cards greet when they come up.</summary>
    private static async Task<long> Settled(OwnNetwork network)
    {
        for (var last = network.Elsewhere; ;)
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
            var now = network.Elsewhere;
            if (now == last) return now;
            last = now;
        }
    }

    private static async Task Ready(Process site)
    {
        var errors = site.StandardError.ReadToEndAsync();
        while (await site.StandardOutput.ReadLineAsync() is { } text)
            if (text.Contains("is ready at", StringComparison.Ordinal))
            {
                _ = site.StandardOutput.ReadToEndAsync();
                return;
            }
        Assert.Fail("The site ended: " + await errors);
    }

    /// <summary>Somebody guesses passwords, from outside and from an address that an indicator names; and lines with addresses and names that a program might look up.</summary>
    private static void Feed(OwnNetwork network, string folder)
    {
        var now = TimeProvider.System.GetUtcNow().AddHours(8).ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
        var lines = Path.Combine(folder, "lines");
        File.WriteAllLines(lines, Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            $"<38>{now} web01 sshd[{900 + i}]: Failed password for root from 45.67.89.1 port {40001 + i} ssh2",
            $"<134>{now} web02 nginx: 93.184.216.34 - - [28/Nov/2026:15:00:00 +0800] \"GET /{i} HTTP/1.1\" 200 12 \"http://referrer.example.net/\" \"curl/8\"",
            $"<13>{now} app01 connect to https://evil.example.org/x failed",
        }));
        Assert.That(network.Inside("bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{Port} && cat {lines} >&3 && exec 3>&-").Code, Is.Zero);
    }

    private static async Task<SiteView> At(RunningTier upper, Func<SiteView, bool> holds)
    {
        SiteView? found = null;
        await ThreeTiers.Until(async () => (found = (await upper.Send(new ListSites())).Value.Items.SingleOrDefault()) is { } site && holds(site), "the site says how it stands", 150);
        return found!;
    }
}
