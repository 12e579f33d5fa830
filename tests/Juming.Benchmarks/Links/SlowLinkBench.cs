using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Juming.Contracts.Link;

namespace Juming.Benchmarks.Links;

/// <summary>Control messages while a download fills a link of 20 Mbit/s: over the two connections that a site has, and, beside it, over one.</summary>
internal static class SlowLinkBench
{
    public const string Inside = "sites-slow-link";

    private const int Megabytes = 200;

    // A queue of a tenth of a second in front of the link: that of a plain office router.
    private const string Link = "ip link set lo up mtu 1500 && tc qdisc add dev lo root tbf rate 20mbit burst 32kb latency 100ms";

    private static readonly TimeSpan Each = TimeSpan.FromSeconds(30);

    /// <summary>Runs it in a network of its own, where nobody else's packets wait in the queue.</summary>
    public static async Task Run(bool json)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", ["--net", "--map-root-user", "sh", "-c", Link + " && exec \"$@\"", "sh", "dotnet", Path.Combine(AppContext.BaseDirectory, "Juming.Benchmarks.dll"), Inside, json ? "--json" : "--table"]));
        if (process is null) return;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) Figures.Note("the figures of bulk beside control need a network namespace and tc's tbf (Debian: iproute2); they are left out");
    }

    /// <summary>Inside that network.</summary>
    public static async Task<int> Measure(string[] line)
    {
        var folder = Directory.CreateTempSubdirectory("juming-slow-").FullName;
        try
        {
            await Measure(new Figures("sites", line.Contains("--json")), folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task Measure(Figures figures, string folder)
    {
        var links = TierProcess.FreePort();
        var hash = await Lay(Path.Combine(folder, "operator", "content", "blobs"));
        using var host = await TierProcess.Start("operator", Path.Combine(folder, "operator"), string.Create(CultureInfo.InvariantCulture, $"Modules:Links:Listen=127.0.0.1:{links}"));
        using var site = new SimulatedSite(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{links}")), 0);
        await site.Enrol((await host.Ask("MakeSiteToken", new { customer = "Bench", site = "slow" })).GetProperty("token").GetString()!, CancellationToken.None);
        var idle = await Control(site, null, false);
        var two = await Control(site, hash, false);
        var one = await Control(site, hash, true);
        figures.Print("control_ms_p95_idle_link", Options.Percentile(idle.Ms, 0.95), "ms");
        figures.Print("control_ms_p50_while_bulk", Options.Percentile(two.Ms, 0.5), "ms", "one connection", Options.Percentile(one.Ms, 0.5));
        figures.Print("control_ms_p95_while_bulk", Options.Percentile(two.Ms, 0.95), "ms", "one connection", Options.Percentile(one.Ms, 0.95), goal: "under 1000");
        figures.Print("bulk_mbit_per_second", two.Mbit, "Mbit/s", "one connection", one.Mbit);
    }

    /// <summary>Times control messages; with content that is fetched meanwhile, over another connection or the same.</summary>
    private static async Task<(IReadOnlyList<double> Ms, double Mbit)> Control(SimulatedSite site, byte[]? hash, bool oneConnection)
    {
        using var control = site.Dial();
        using var other = site.Dial();
        using var ending = new CancellationTokenSource();
        var probe = new ControlProbe(site);
        var asking = probe.Over(control, ending.Token);
        await Task.Delay(2_000);
        var fetching = hash is null ? Task.FromResult(0L) : Fetch(oneConnection ? control : other, hash, ending.Token);
        await Task.Delay(2_000);
        var since = Stopwatch.GetTimestamp();
        await Task.Delay(Each);
        var ms = probe.Answers(since);
        await ending.CancelAsync();
        var bytes = await fetching;
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (ms, bytes * 8 / 1e6 / (Each.TotalSeconds + 2));
    }

    private static async Task<long> Fetch(GrpcChannel way, byte[] hash, CancellationToken ct)
    {
        long bytes = 0;
        try
        {
            using var call = new Bulk.BulkClient(way).Get(new BlobRequest { Sha256 = ByteString.CopyFrom(hash) }, cancellationToken: ct);
            while (await call.ResponseStream.MoveNext(ct)) bytes += call.ResponseStream.Current.Data.Length;
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            return bytes;
        }
        return bytes;
    }

    /// <summary>Lays content where the operator keeps it.</summary>
    private static async Task<byte[]> Lay(string blobs)
    {
        var content = RandomNumberGenerator.GetBytes(Megabytes << 20);
        var hash = SHA256.HashData(content);
        var name = Convert.ToHexStringLower(hash);
        Directory.CreateDirectory(Path.Combine(blobs, name[..2]));
        await File.WriteAllBytesAsync(Path.Combine(blobs, name[..2], name), content);
        return hash;
    }
}
