using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Testing.Farm;

/// <summary>Certificates as devices bring them: self-signed, named after the vendor and not after the address.</summary>
internal static class FarmCertificates
{
    public static X509Certificate2 Vendor(string vendor, DateTimeOffset now, bool expired)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={vendor}, O={vendor}, C=CN", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var until = expired ? now.AddDays(-400) : now.AddYears(10);
        using var certificate = request.CreateSelfSigned(now.AddYears(-5), until);
        // SslStream wants a key that was loaded, not one that hangs on the object that made it.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
