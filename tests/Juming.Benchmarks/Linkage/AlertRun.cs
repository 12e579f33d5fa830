using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.Blocking.List;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Rehearsal;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;

namespace Juming.Benchmarks.Linkage;

/// <summary>
/// Seconds from the last line of an attack on the socket until it is blocked and read back on two consoles: detection, incident, playbook and both browsers, with
/// nobody asked in between.
/// </summary>
internal static class AlertRun
{
    public static async Task<int> Measure(Figures figures, int attacks)
    {
        var port = FreePort();
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}", ["Modules:Response:FirstRunsAsk"] = "0", ["Log:Level"] = "Error" };
        await using var site = await LinkedSite.Start(settings);
        await using var first = await DeviceFarm.StartOne("layer");
        await using var second = await DeviceFarm.StartOne("md5");
        foreach (var console in (FarmConsole[])[first, second]) await site.Learn(await site.Add(console));
        await SwitchOn(site);
        var took = new List<double>();
        for (var i = 0; i < attacks; i++)
        {
            var attacker = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{20 + i}");
            await Attack(port, attacker);
            var seconds = await UntilVerified(site, attacker);
            if (seconds is { } value && first.InForce.Contains(attacker) && second.InForce.Contains(attacker)) took.Add(value);
            else Figures.Note($"{attacker} was not blocked on both consoles");
        }
        figures.Print("attacks_blocked", took.Count, $"of {attacks}");
        figures.Print("alert_to_block_s_p50", Figures.Median(took), "s", goal: "at most 30");
        figures.Print("alert_to_block_s_max", took.Count == 0 ? double.NaN : took.Max(), "s", goal: "at most 90");
        return took.Count == attacks && Figures.Median(took) <= 30 && took.Max() <= 90 ? 0 : 1;
    }

    private static async Task<double?> UntilVerified(LinkedSite site, string attacker)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(3))
        {
            var found = (await site.Tier.Send(new ListBlocks { Text = attacker })).Value.Items;
            if (found.Any(b => b.Target == attacker && b.State == BlockState.Verified)) return Stopwatch.GetElapsedTime(began).TotalSeconds;
            await Task.Delay(50);
        }
        return null;
    }

    private static async Task Attack(int port, string attacker)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var lines = new StringBuilder();
        for (var i = 0; i < 60; i++)
            lines.Append(CultureInfo.InvariantCulture, $"<38>1 {TimeProvider.System.GetUtcNow().AddSeconds(-60 + i):yyyy-MM-ddTHH:mm:ss.fffZ} web01 sshd {2000 + i} - - Failed password for invalid user admin{i % 9} from {attacker} port {40000 + i} ssh2\n");
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()));
    }

    private static async Task SwitchOn(LinkedSite site)
    {
        var draft = Value(await site.Tier.Send(new ImportPlaybook(new Secret(Playbook))));
        Value(await site.Tier.Send(new PublishPlaybook(draft.Id, draft.Revision, "bench")));
        Value(await site.Tier.Send(new ReplayPlaybook(draft.Id, 30, false)));
        Value(await site.Tier.Send(new SwitchPlaybook(draft.Id, true)));
    }

    private static T Value<T>(Result<T> result) => result.Error is { } error ? throw new InvalidOperationException(error.ToString()) : result.Value;

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private const string Playbook =
        $$"""
        {
          "type": "playbook", "spec_version": "cacao-2.0", "id": "playbook--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f20", "name": "Block the attacker",
          "created_by": "identity--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f21", "created": "2026-11-28T00:00:00.000Z", "modified": "2026-11-28T00:00:00.000Z",
          "workflow_start": "start--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f22",
          "workflow": {
            "start--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f22": { "type": "start", "on_completion": "action--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f23" },
            "action--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f23": {
              "type": "action", "name": "Block", "agent": "organization--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f25",
              "commands": [{ "type": "{{Vocabulary.CapabilityCommand}}", "capability": "block-ip", "args": { "target": "__attacker__:value", "minutes": "60", "reason": "__incident_number__:value" } }],
              "on_completion": "end--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f24"
            },
            "end--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f24": { "type": "end" }
          },
          "playbook_extensions": { "{{Vocabulary.Extension}}": { "triggers": [{ "on": "incident-opened", "when": "__attacker__:value != ''" }] } }
        }
        """;
}
