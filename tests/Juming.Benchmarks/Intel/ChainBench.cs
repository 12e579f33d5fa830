using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Juming.Site.ThreatIntel.Hits;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Intel;

/// <summary>The way from the cloud to a match at a site: three tiers in this process, each with its own database, joined over real TLS, and an event over a real socket.</summary>
internal static class ChainBench
{
    private const int Part = 50_000;

    public static async Task Measure(Figures figures, int rounds, int large)
    {
        var port = FreePort();
        await using var tiers = await ThreeTiers.Start(siteSettings: new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}" });
        await tiers.Enter("45.67.0.1");
        await ThreeTiers.Until(async () => await Known(tiers, "45.67.0.1"), "the first set is in force");
        var times = new List<double>();
        for (var n = 0; n < rounds; n++) times.Add(await Match(tiers, port, $"45.68.{n / 200}.{1 + (n % 200)}"));
        times.Sort();
        figures.Print("cloud_to_match_ms_p95", times[(int)Math.Ceiling(times.Count * .95) - 1], "ms", goal: "at most 5000");
        if (large > 0) await Load(figures, tiers, large);
    }

    /// <summary>From the moment a person enters a value at the cloud to the moment an event with it is a hit at the site.</summary>
    private static async Task<double> Match(ThreeTiers tiers, int port, string value)
    {
        var watch = Stopwatch.StartNew();
        await tiers.Enter(value);
        while (!await Known(tiers, value)) await Task.Delay(5);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"<134>1 {TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} fw app - - - action=accept src=10.1.2.3 dst={value} dport=443\n"));
        while ((await tiers.Site.Send(new ListHits { Text = value })).Value.Items.Count == 0)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(1)) throw new TimeoutException($"No hit of {value}.");
            await Task.Delay(5);
        }
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>From a cloud that has made its set of so many to the site that has it in force.</summary>
    private static async Task Load(Figures figures, ThreeTiers tiers, int count)
    {
        await using (var scope = tiers.Cloud.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ThreatIntelDb>();
            var source = db.Sources.First().Id;
            // As a merge writes: whoever publishes waits until it is done.
            using var turn = await tiers.Cloud.Services.GetRequiredService<MergeTurn>().Enter(CancellationToken.None);
            var now = PlainStatements.Micros(TimeProvider.System.GetUtcNow());
            for (var from = 0; from < count; from += Part)
                await db.SaveWith(async s =>
                {
                    var values = Enumerable.Range(from, Math.Min(Part, count - from)).Select(ValueOf).Select(v => (Value: v, Id: IndicatorIdentity.Of(v))).ToList();
                    await s.Run("INSERT INTO threatintel_indicators (id, kind, value, state, confidence, severity, tlp, threat, sources, first_seen, last_seen, warnings, decided_by, decision_reason, changed_at) VALUES (@id, @kind, @value, 'Active', 80, 3, 'Amber', 'Malware', 1, @at, @at, '', '', '', @at)", values, (c, v) =>
                    {
                        PlainStatements.Set(c, "id", v.Id);
                        PlainStatements.Set(c, "kind", v.Value.Kind.ToString());
                        PlainStatements.Set(c, "value", v.Value.Value);
                        PlainStatements.Set(c, "at", now);
                    });
                    await s.Run("INSERT INTO threatintel_claims (indicator_id, source_id, confidence, threat, family, note, reference, tlp, first_seen, last_seen, digest) VALUES (@id, @source, 80, 'Malware', '', '', '', 'Amber', @at, @at, 1)", values, (c, v) =>
                    {
                        PlainStatements.Set(c, "id", v.Id);
                        PlainStatements.Set(c, "source", source);
                        PlainStatements.Set(c, "at", now);
                    });
                }, CancellationToken.None);
        }
        var watch = Stopwatch.StartNew();
        var last = ValueOf(count - 1).Value;
        await ThreeTiers.Until(() => Task.FromResult(tiers.Site.Services.GetRequiredService<Platform.Content.IContent>().Targets.Any(t => t.Path == "intel/set" && t.Length > 5000)), "the site hears of the set", 900);
        var published = watch.Elapsed.TotalSeconds;
        await ThreeTiers.Until(async () => await Known(tiers, last), "the set is in force", 900);
        figures.Print("chain_publish_seconds" + Suffix(count), published, "s");
        figures.Print("chain_load_seconds" + Suffix(count), watch.Elapsed.TotalSeconds - published, "s", goal: "2 million in less than 180");
        figures.Print("chain_bytes_per_indicator" + Suffix(count), Directory.EnumerateFiles(Path.Combine(tiers.Site.Folder, "content", "blobs"), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) / (double)count, "bytes");
    }

    private static IndicatorValue ValueOf(int n) => (n % 4) switch
    {
        0 => new(IndicatorKind.Address, string.Create(CultureInfo.InvariantCulture, $"{46 + (n >> 24)}.{(n >> 16) & 255}.{(n >> 8) & 255}.{n & 255}")),
        1 => new(IndicatorKind.Domain, string.Create(CultureInfo.InvariantCulture, $"h{n:x}.badly-kept{n % 977}.net")),
        2 => new(IndicatorKind.Url, string.Create(CultureInfo.InvariantCulture, $"http://badly-kept{n % 977}.net/{n:x}/a.bin")),
        _ => new(IndicatorKind.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(n)))),
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Suffix(int count) => count == 2_000_000 ? "_2m" : $"_{count}";

    private static async Task<bool> Known(ThreeTiers tiers, string value) => (await tiers.Site.Send(new LookUp(value))).Value.Found.Count > 0;
}
