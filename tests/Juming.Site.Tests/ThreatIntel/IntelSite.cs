using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Juming.Contracts.Indicators;
using Juming.Site.Detection;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.ThreatIntel;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>A whole site that logs reach over a real socket, and ways to hand indicators to it.</summary>
internal sealed class IntelSite(RunningTier tier, int port) : IAsyncDisposable
{
    public RunningTier Tier { get; } = tier;

    public IIndicatorSet Set => Tier.Services.GetRequiredService<IIndicatorSet>();

    public static async Task<IntelSite> Start(string folder, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var port = FreePort();
        var all = new Dictionary<string, string?>(settings ?? []) { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}", ["Modules:Intel:HuntRestMilliseconds"] = "0", ["Modules:Detection:CommitMilliseconds"] = "20" };
        return new IntelSite(await RunningTier.Start("site", folder, all, services), port);
    }

    public static IndicatorEntry Entry(IndicatorKind kind, string value, int severity = 4, int confidence = 90) => new(Guid.CreateVersion7(), new(kind, value), confidence, severity) { Threat = "TestLoader", Labels = ["c2"], Techniques = ["T1071.001"], Sources = 3 };

    public static async IAsyncEnumerable<IndicatorEntry> Stream(params IEnumerable<IndicatorEntry> entries)
    {
        await Task.Yield();
        foreach (var entry in entries) yield return entry;
    }

    /// <summary>Sends events as lines of JSON with ECS names.</summary>
    public async Task Log(params IEnumerable<Dictionary<string, object>> events)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        foreach (var one in events)
        {
            one.TryAdd("@timestamp", TimeProvider.System.GetUtcNow().ToString("O"));
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(one) + "\n"));
        }
    }

    public static Dictionary<string, object> Event(params IEnumerable<(string Name, object Value)> fields) => fields.ToDictionary(f => f.Name, f => f.Value);

    /// <summary>Alerts of indicators once at least so many are there.</summary>
    public async Task<List<AlertItem>> Alerts(int least, string code = "intel.match", Func<AlertItem, bool>? which = null)
    {
        List<AlertItem> found = [];
        for (var i = 0; i < 200; i++)
        {
            found = [.. (await Tier.Send(new ListAlerts { RuleId = code, Take = 500 })).Value.Items.Where(a => which?.Invoke(a) != false)];
            if (found.Count >= least) break;
            await Task.Delay(50);
        }
        return found;
    }

    public async Task<IReadOnlyList<IndicatorSightings>> Sightings()
    {
        await using var scope = Tier.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IIndicatorSightings>().ChangedAfter(0, 1000, CancellationToken.None)).Counts;
    }

    public ValueTask DisposeAsync() => Tier.DisposeAsync();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
