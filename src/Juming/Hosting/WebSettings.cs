using System.ComponentModel.DataAnnotations;

namespace Juming.Hosting;

/// <summary>How the console and the API are reached.</summary>
public sealed class WebSettings
{
    /// <summary>Addresses to listen on, separated by semicolons. Empty: loopback at the tier's port, with a certificate made on first start.</summary>
    public string Urls { get; set; } = "";

    /// <summary>PFX or PEM file of the certificate. Empty: a self-signed one in the data folder.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Key file of a PEM certificate.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>Largest request body in bytes, 64 KiB to 1 GiB.</summary>
    [Range(65_536, 1_073_741_824)]
    public long MaxRequestBytes { get; set; } = 64 * 1024 * 1024;
}

/// <summary>How much is logged.</summary>
public sealed class LogSettings
{
    /// <summary>Least level that is written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Also write log files to the data folder, one a day, kept 14 days.</summary>
    public bool File { get; set; } = true;
}
