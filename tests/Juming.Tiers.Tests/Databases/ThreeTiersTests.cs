using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Juming.Platform.Access.Users;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Three tiers in one process share nothing.</summary>
internal sealed class ThreeTiersTests
{
    [TestCase(TestDatabases.Sqlite)]
    [TestCase(TestDatabases.Postgres)]
    public async Task Three_hosts_in_one_process_keep_their_accounts_apart(string database)
    {
        await using var cloud = await RunningTier.Start("cloud", settings: await TestDatabases.MakeFor("cloud", database));
        await using var platform = await RunningTier.Start("operator", settings: await TestDatabases.MakeFor("operator", database));
        await using var site = await RunningTier.Start("site", settings: await TestDatabases.MakeFor("site", database));
        foreach (var tier in new[] { cloud, platform, site })
        {
            Assert.That((await tier.Send(new AddUser("the-same-name", []))).Succeeded, Is.True);
            using var client = tier.Client();
            Assert.That((await client.GetAsync("/readyz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        Assert.That(new[] { cloud.Address.Port, platform.Address.Port, site.Address.Port }, Is.Unique);
        using var known = await cloud.WithToken("access.audit.read");
        using var elsewhere = site.Client();
        elsewhere.DefaultRequestHeaders.Authorization = known.DefaultRequestHeaders.Authorization;
        Assert.That((await elsewhere.GetAsync("/api/detection/alerts")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "a token of one tier is nothing to another");
    }

    [Test]
    public async Task The_program_with_tier_all_announces_three_hosts_and_stops_cleanly_on_a_signal()
    {
        foreach (var port in new[] { 8441, 8442, 8443, 8451, 8452 }) SkipWhereTaken(port);
        var folder = Directory.CreateTempSubdirectory("juming-all-").FullName;
        try
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Juming.Hosting.TierHost).Assembly.Location, "--tier", "all", "--data", folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            _ = process.StandardError.ReadToEndAsync();
            var lines = new List<string>();
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
                while (lines.Count < 9 && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line) lines.Add(line);
                Assert.That(lines.Where(l => l.Contains("is ready at", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]), Is.EqualTo(new[] { "cloud", "operator", "site" }));
                Assert.That(lines.Count(l => l.StartsWith("Set up ", StringComparison.Ordinal)), Is.EqualTo(3));
                using (var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(folder, "site", "tls.pfx"), null))
                    Assert.That(lines[^1].Replace(":", "", StringComparison.Ordinal), Does.EndWith(Convert.ToHexString(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256))), "what the browser shows can be compared");
                foreach (var tier in new[] { "cloud", "operator", "site" }) Assert.That(Path.Combine(folder, tier, "juming.db"), Does.Exist);
                using var signal = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                await process.WaitForExitAsync(limit.Token);
                Assert.That(process.ExitCode, Is.Zero);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
                await process.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void SkipWhereTaken(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
        }
        catch (SocketException)
        {
            Needs.Skip(Needs.DefaultPorts, $"Port {port} of the default settings is in use on this machine.");
        }
    }
}
