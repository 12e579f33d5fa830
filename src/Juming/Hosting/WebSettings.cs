using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Juming.Platform.Modules;
using Juming.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Juming.Hosting;

/// <summary>How the console and the API are reached.</summary>
public sealed class WebSettings : IValidatableObject
{
    private const string AcceptedUrls = "https://host:port, several separated by semicolons; port 1 to 65535, or 0 with an IP address for a free one";

    /// <summary>Addresses to listen on, separated by semicolons. Empty: loopback at the tier's port, with a certificate made on first start.</summary>
    public string Urls { get; set; } = "";

    /// <summary>PFX or PEM file of the certificate. Empty: a self-signed one in the data folder.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Key file of a PEM certificate; empty where the certificate's file holds the key as well.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>Largest request body in bytes, 64 KiB to 1 GiB.</summary>
    [Range(65_536, 1_073_741_824)]
    public long MaxRequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>IANA zone in which the console reads and shows times.</summary>
    public string Zone { get; set; } = SiteZone.Default;

    /// <summary>What to listen on.</summary>
    internal IEnumerable<string> Addresses(TierDefinition tier) =>
        Urls.Length > 0 ? Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [$"https://localhost:{tier.DefaultPort}"];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var url in Urls.Split(';', StringSplitOptions.TrimEntries).Where(u => Urls.Length > 0))
            if (ProblemOf(url) is { } problem) yield return new SettingProblem(nameof(Urls), problem, AcceptedUrls);
        if (SiteZone.Find(Zone) is null) yield return new SettingProblem(nameof(Zone), $"there is no time zone '{Zone}'", "an IANA zone such as Asia/Shanghai, or UTC");
        if (CertificateFile.Length == 0)
        {
            if (CertificateKeyFile.Length > 0) yield return new SettingProblem(nameof(CertificateKeyFile), "there is a key but no certificate", "empty, or the key of Web:CertificateFile");
            yield break;
        }
        foreach (var (name, file) in new[] { (nameof(CertificateFile), CertificateFile), (nameof(CertificateKeyFile), CertificateKeyFile) })
            if (file.Length > 0 && !File.Exists(file)) yield return new SettingProblem(name, $"there is no file '{file}'", "a PFX file without a password, or PEM files of certificate and key");
        if ((CertificateKeyFile.Length == 0 || File.Exists(CertificateKeyFile)) && File.Exists(CertificateFile) && Unreadable() is { } reason)
            yield return new SettingProblem(nameof(CertificateFile), $"'{CertificateFile}' can't be used ({reason})", "a PFX file without a password, or PEM files of certificate and key");
    }

    private static string? ProblemOf(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"'{url}' is not an address to listen on";
        }
        if (address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) return $"'{url}' is plain http: passwords would cross the network in the clear, and browsers refuse the sign-in's cookies without TLS";
        if (!address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase)) return $"'{url}' has the scheme '{address.Scheme}'";
        if (address.IsUnixPipe || address.IsNamedPipe || address.PathBase.Length > 0) return $"'{url}' names a path";
        if (address.Host.Length == 0 || (address.Host.Contains(':', StringComparison.Ordinal) && !address.Host.StartsWith('['))) return $"'{url}' has no proper host and port";
        if (address.Port is < 0 or > 65535) return $"'{url}' has no proper port";
        return address.Port == 0 && !System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out _) ? $"'{url}' asks for a free port, which needs an IP address" : null;
    }

    private string? Unreadable()
    {
        try
        {
            using var certificate = Hosting.CertificateFile.Load(this, "");
            return certificate.HasPrivateKey ? null : "it holds no private key";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message.TrimEnd('.');
        }
    }
}

/// <summary>How much is logged.</summary>
public sealed class LogSettings
{
    /// <summary>Least level that is written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Also write log files to the data folder, one a day, kept 14 days.</summary>
    public bool File { get; set; } = true;
}
