using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Testing.Content;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Three tiers for all tests of content: starting them takes longer than most tests.</summary>
[SetUpFixture]
internal sealed class Joined
{
    public static ThreeTiers Tiers { get; private set; } = null!;

    /// <summary>Where the site takes lines over TCP.</summary>
    public static int LogPort { get; private set; }

    /// <summary>Sends lines to the site as a device does.</summary>
    public static async Task Log(params string[] lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, LogPort);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }

    [OneTimeSetUp]
    public async Task Start()
    {
        LogPort = FreePort();
        Tiers = await ThreeTiers.Start(siteSettings: new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{LogPort}", ["Modules:Detection:CommitMilliseconds"] = "20", ["Modules:Linkage:AllowThisMachine"] = "true" });
        await Tiers.Enter("45.67.89.1\n45.67.89.2");
        await ThreeTiers.Until(() => Task.FromResult(Tiers.IsLevel() && Tiers.Indicators.Version > 0), "the first set is in force");
    }

    [OneTimeTearDown]
    public async Task Stop() => await Tiers.DisposeAsync();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
