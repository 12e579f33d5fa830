using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Juming.Tiers.Tests.Faults;

/// <summary>
/// A network of its own (a namespace of the kernel) from which one address of this machine can be reached and nothing else: whatever is sent anywhere else, names that are looked up included,
/// goes into a card that counts it. <see cref="Problem"/> says why there is none.
/// </summary>
internal sealed class OwnNetwork : IDisposable
{
    private readonly string _card = string.Create(CultureInfo.InvariantCulture, $"jm{Environment.ProcessId % 100_000}");
    private readonly Process? _holder;
    private readonly string _resolver = Path.GetTempFileName();

    private OwnNetwork()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Problem = "Networks of one's own are made by root on Linux.";
            return;
        }
        // Of the range for tests of devices; the last parts keep two runs apart.
        var net = string.Create(CultureInfo.InvariantCulture, $"198.19.{Environment.ProcessId % 250}");
        (Here, There) = (net + ".1", net + ".2");
        File.WriteAllText(_resolver, "nameserver 192.0.2.53\noptions attempts:1 timeout:1\n");
        _holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "--propagation", "private", "sleep", "900"]) { RedirectStandardError = true });
    }

    /// <summary>Makes one.</summary>
    public static async Task<OwnNetwork> Make()
    {
        var network = new OwnNetwork();
        if (network._holder is { } holder)
        {
            // It has its own from the moment on at which the kernel says that it is another one than ours.
            for (var i = 0; i < 100 && NamespaceOf(holder.Id.ToString(CultureInfo.InvariantCulture)) == NamespaceOf("self") && !holder.HasExited; i++) await Task.Delay(50);
            if (holder.HasExited) network.Problem = await holder.StandardError.ReadToEndAsync();
            else network.Connect();
        }
        return network;
    }

    private void Connect()
    {
        string[] steps = [$"ip link add {_card}a type veth peer name {_card}b", $"ip link set {_card}b netns {_holder!.Id}", $"ip addr add {Here}/30 dev {_card}a", $"ip link set {_card}a up"];
        string[] inside =
        [
            "ip link set lo up", $"ip addr add {There}/30 dev {_card}b", $"ip link set {_card}b addrgenmode none up", "ip link add sink0 type veth peer name sink1", "ip link set sink0 addrgenmode none", "ip link set sink1 addrgenmode none",
            "ip link set sink0 arp off", "ip link set sink0 up", "ip link set sink1 up", "ip addr add 198.18.0.2/24 dev sink0", "ip route add default dev sink0", "ip -6 addr add fd00:5eed::2/64 dev sink0 nodad", "ip -6 route add default dev sink0",
            $"mount --bind {_resolver} /etc/resolv.conf",
        ];
        foreach (var step in steps)
            if (Problem is null && Run("sh", "-c", step) is var (code, said) && code != 0) Problem = $"{step}: {said}";
        foreach (var step in inside)
            if (Problem is null && Inside("sh", "-c", step) is var (code, said) && code != 0) Problem = $"{step}: {said}";
    }

    private static string? NamespaceOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;

    /// <summary>Why there is none; null when there is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The one address that can be reached, of this machine.</summary>
    public string Here { get; } = "";

    /// <summary>The address within.</summary>
    public string There { get; } = "";

    /// <summary>Packets that were sent anywhere else.</summary>
    public long Elsewhere
    {
        get
        {
            var (_, said) = Inside("ip", "-j", "-s", "link", "show", "dev", "sink0");
            return JsonDocument.Parse(said).RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetInt64();
        }
    }

    /// <summary>Runs a program within to its end.</summary>
    public (int Code, string Said) Inside(params string[] line) => Run("nsenter", [.. Enter, .. line]);

    /// <summary>Starts a program within.</summary>
    public Process Start(params string[] line)
    {
        var start = new ProcessStartInfo("nsenter", [.. Enter, .. line]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Libraries that send things home keep still where they believe to be tested.
        foreach (var word in start.Environment.Keys.Where(k => k is "CI" or "TF_BUILD" or "GITHUB_ACTIONS" || k.Contains("TELEMETRY", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(word);
        return Process.Start(start)!;
    }

    public void Dispose()
    {
        if (_holder is { HasExited: false }) _holder.Kill();
        _holder?.Dispose();
        // The cards go with the namespace; this one stands here.
        if (Here.Length > 0) Run("sh", "-c", $"ip link del {_card}a 2>/dev/null");
        File.Delete(_resolver);
    }

    private string[] Enter => ["--target", _holder!.Id.ToString(CultureInfo.InvariantCulture), "--net", "--mount", "--"];

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.GetAwaiter().GetResult());
    }
}
