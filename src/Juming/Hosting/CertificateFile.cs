using System.Security.Cryptography.X509Certificates;
using Juming.Platform.Modules;

namespace Juming.Hosting;

/// <summary>The certificate of console and API, as the settings say.</summary>
internal static class CertificateFile
{
    /// <summary>Loads it; where none is set, the host's own.</summary>
    public static X509Certificate2 Load(WebSettings web, string dataFolder)
    {
        if (web.CertificateFile.Length == 0) return OwnCertificate.LoadOrMake(dataFolder, TimeProvider.System);
        return web.CertificateKeyFile.Length > 0 || IsPem(web.CertificateFile)
            ? X509Certificate2.CreateFromPemFile(web.CertificateFile, web.CertificateKeyFile.Length > 0 ? web.CertificateKeyFile : null)
            : X509CertificateLoader.LoadPkcs12FromFile(web.CertificateFile, null);
    }

    private static bool IsPem(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[4096];
        return start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).IndexOf("-----BEGIN "u8) >= 0;
    }
}

/// <summary>The same for modules that speak TLS.</summary>
internal sealed class HostCertificate(WebSettings web, TierContext tier) : IHostCertificate
{
    public X509Certificate2 Load() => CertificateFile.Load(web, tier.DataFolder);
}
