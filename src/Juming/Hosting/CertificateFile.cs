using System.Security.Cryptography.X509Certificates;

namespace Juming.Hosting;

/// <summary>The certificate of console and API, as the settings say.</summary>
internal static class CertificateFile
{
    /// <summary>Loads it; where none is set, the host's own.</summary>
    public static X509Certificate2 Load(WebSettings web, string dataFolder)
    {
        if (web.CertificateFile.Length == 0) return OwnCertificate.LoadOrMake(dataFolder, TimeProvider.System);
        return web.CertificateKeyFile.Length > 0
            ? X509Certificate2.CreateFromPemFile(web.CertificateFile, web.CertificateKeyFile)
            : X509CertificateLoader.LoadPkcs12FromFile(web.CertificateFile, null);
    }
}
