using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>Syslog over TLS, with a real client: on a fresh data folder and with certificates of one's own.</summary>
[Category("S2.1")]
public sealed class TlsSyslogTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [TestCase("host's own")]
    [TestCase("pfx")]
    [TestCase("pem with key")]
    [TestCase("pem and key apart")]
    public async Task A_sender_is_served_with_the_console_s_certificate(string kind)
    {
        var settings = Settings(kind, out var thumbprint);
        await using var site = await RunningTier.Start("site", Path.Combine(_folder, "data"), settings);
        var report = await site.Services.GetServices<Platform.Modules.IReadiness>().First(r => r.Name == "receivers").Look(CancellationToken.None);
        var port = int.Parse(System.Text.RegularExpressions.Regex.Match(report.Text, "tls 127.0.0.1:([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        string? shown = null;
        await using (var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => (shown = certificate?.GetCertHashString()) is not null))
        {
            await tls.AuthenticateAsClientAsync("localhost");
            await tls.WriteAsync(Encoding.ASCII.GetBytes("<38>Nov 27 10:00:00 web01 sshd[9]: Failed password for root from 203.0.113.9 port 40001 ssh2\n"));
            await tls.ShutdownAsync();
        }
        Assert.That(shown, thumbprint is null ? Is.Not.Null : Is.EqualTo(thumbprint));
        Assert.That(File.Exists(Path.Combine(_folder, "data", "tls.pfx")), Is.EqualTo(thumbprint is null), "the host makes one only where none is set");
        using var reader = await site.WithToken("collection.read");
        await Databases.WholeTierTests.Wait(async () => (await reader.GetStringAsync("/api/collection/ledger")).Contains("\"stored\":1", StringComparison.Ordinal), "the line is stored");
    }

    private Dictionary<string, string?> Settings(string kind, out string? thumbprint)
    {
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "", ["Modules:Collection:Tls:0"] = "127.0.0.1:0" };
        thumbprint = null;
        if (kind == "host's own") return settings;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=siem.example.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(90));
        thumbprint = made.GetCertHashString();
        var (file, keyFile) = (Path.Combine(_folder, "own"), Path.Combine(_folder, "own.key"));
        settings["Web:CertificateFile"] = file;
        if (kind == "pfx") File.WriteAllBytes(file, made.Export(X509ContentType.Pkcs12));
        else File.WriteAllText(file, made.ExportCertificatePem() + "\n" + (kind == "pem with key" ? key.ExportPkcs8PrivateKeyPem() : ""));
        if (kind != "pem and key apart") return settings;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        settings["Web:CertificateKeyFile"] = keyFile;
        return settings;
    }
}
