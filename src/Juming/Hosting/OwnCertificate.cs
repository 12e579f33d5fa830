using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Hosting;

/// <summary>The certificate a host makes for itself on first start, so that the set-up page is never served in the clear.</summary>
public static class OwnCertificate
{
    /// <summary>Its file in the data folder.</summary>
    public const string FileName = "tls.pfx";

    /// <summary>Loads the certificate of the data folder, making a new one when it is absent or has less than 30 days left.</summary>
    public static X509Certificate2 LoadOrMake(string dataFolder, TimeProvider clock)
    {
        var file = Path.Combine(dataFolder, FileName);
        if (File.Exists(file))
        {
            var kept = X509CertificateLoader.LoadPkcs12FromFile(file, null);
            if (kept.NotAfter.ToUniversalTime() > clock.GetUtcNow().UtcDateTime.AddDays(30)) return kept;
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=juming-" + Environment.MachineName, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = clock.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(825));
        var bytes = made.Export(X509ContentType.Pkcs12);
        using (var stream = OwnerOnly.Create(file, FileMode.Create)) stream.Write(bytes);
        return X509CertificateLoader.LoadPkcs12(bytes, null);
    }
}
