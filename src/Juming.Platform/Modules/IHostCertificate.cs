using System.Security.Cryptography.X509Certificates;

namespace Juming.Platform.Modules;

/// <summary>The certificate of the host's console, for modules whose receivers speak TLS.</summary>
public interface IHostCertificate
{
    /// <summary>Loads it with its key, making the host's own on first use where the settings name none.</summary>
    X509Certificate2 Load();
}
