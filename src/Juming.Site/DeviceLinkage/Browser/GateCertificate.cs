using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>What the gate shows the browser inside this process; the device's own certificate is checked by the gate.</summary>
internal static class GateCertificate
{
    public static readonly SslServerAuthenticationOptions Options = new() { ServerCertificateContext = SslStreamCertificateContext.Create(Make(), null, offline: true) };

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=device", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(20));
        // Through PKCS#12: some platforms refuse a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
