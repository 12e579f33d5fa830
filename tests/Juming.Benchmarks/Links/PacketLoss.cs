using System.Diagnostics;
using System.Globalization;

namespace Juming.Benchmarks.Links;

/// <summary>
/// Packets that are lost at random between the two ends of a link. It needs a network of its own: the bench starts itself once more in a namespace where it may do so, and what is
/// lost there is lost for nobody else.
/// </summary>
internal sealed class PacketLoss
{
    private const string Inside = "BENCH_LINKS_NETWORK";

    private readonly bool _byNft;

    private PacketLoss(bool byNft) => _byNft = byNft;

    /// <summary>Runs the bench again in a network of its own; null where that is refused, or where it is in one already.</summary>
    public static async Task<int?> RunApart(string[] line)
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Inside) is not null) return null;
        string[] apart = Environment.UserName == "root" ? ["--net"] : ["--map-root-user", "--net"];
        if (Run("unshare", [.. apart, "ip", "link", "set", "lo", "up"]) is { } refused)
        {
            Environment.SetEnvironmentVariable(Inside, "refused: " + refused);
            return null;
        }
        var own = Path.Combine(AppContext.BaseDirectory, "Juming.Benchmarks.dll");
        var start = new ProcessStartInfo("unshare", [.. apart, "sh", "-c", "ip link set lo mtu 1500 up && exec \"$@\"", "sh", "dotnet", own, .. line]);
        start.Environment[Inside] = "apart";
        using var again = Process.Start(start)!;
        Console.CancelKeyPress += (_, stop) => stop.Cancel = true;
        await again.WaitForExitAsync();
        return again.ExitCode;
    }

    /// <summary>The way to lose packets here; or why there is none.</summary>
    public static (PacketLoss? Loss, string Why) Find()
    {
        if (Environment.GetEnvironmentVariable(Inside) is not "apart" and var why) return (null, why is null ? "no network of its own" : "a network of its own is " + why);
        var nft = Run("nft", ["add table inet juming; add chain inet juming loss { type filter hook input priority 0; }; add rule inet juming loss tcp dport 1 numgen random mod 100 < 1 drop; flush chain inet juming loss"]);
        if (nft is null) return (new PacketLoss(byNft: true), "");
        var tables = Run("iptables", ["-A", "INPUT", "-p", "tcp", "--dport", "1", "-m", "statistic", "--mode", "random", "--probability", "0.01", "-j", "DROP"]);
        return tables is null ? (new PacketLoss(byNft: false), "") : (null, $"nft: {nft}; iptables: {tables}");
    }

    /// <summary>Loses a share of all packets to and from a port for a while. One link at a time.</summary>
    public async Task Lose(int port, int percent, TimeSpan time)
    {
        foreach (var side in new[] { "dport", "sport" }) Do(side, port, percent, begin: true);
        await Task.Delay(time);
        if (_byNft) Must(Run("nft", ["flush chain inet juming loss"]));
        else foreach (var side in new[] { "dport", "sport" }) Do(side, port, percent, begin: false);
    }

    private void Do(string side, int port, int percent, bool begin)
    {
        var share = (percent / 100.0).ToString(CultureInfo.InvariantCulture);
        Must(_byNft
            ? Run("nft", [string.Create(CultureInfo.InvariantCulture, $"add rule inet juming loss tcp {side} {port} numgen random mod 100 < {percent} drop")])
            : Run("iptables", [begin ? "-A" : "-D", "INPUT", "-p", "tcp", "--" + side, port.ToString(CultureInfo.InvariantCulture), "-m", "statistic", "--mode", "random", "--probability", share, "-j", "DROP"]));
    }

    private static void Must(string? complaint)
    {
        if (complaint is not null) throw new InvalidOperationException(complaint);
    }

    /// <summary>What a program complains of; null when it is well.</summary>
    private static string? Run(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var complaint = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} ends with {process.ExitCode}: {complaint.Split('\n')[0]}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
