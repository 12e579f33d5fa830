using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>The certificate of a device is not the one it had.</summary>
internal sealed class CertificateChangedException() : Exception("The device shows another certificate than before.");

/// <summary>A device can't be reached, or may not be.</summary>
internal sealed class UnreachableDeviceException(string reason) : Exception(reason);

/// <summary>A registered device as the network sees it: its one host and port, and its pinned certificate.</summary>
/// <param name="address">Registered address.</param>
/// <param name="pin">SHA-256 of the certificate's public key, lower-case hexadecimal; null before the first use.</param>
/// <param name="allowThisMachine">True lets addresses of this machine pass.</param>
internal sealed class DeviceOrigin(Uri address, string? pin, bool allowThisMachine)
{
    // Consoles of older devices speak nothing newer, and the browser nothing older.
#pragma warning disable SYSLIB0039, CA5397 // Held to the pinned key; the choice is between old TLS to a device in the site's own network and no linkage at all.
    private const SslProtocols AnyTls = SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore SYSLIB0039, CA5397

    private string? _pin = pin;
    private volatile bool _old;

    public Uri Address { get; } = address;

    public bool IsSecure => Address.Scheme == Uri.UriSchemeHttps;

    /// <summary>Only the registered host and port; another port of the same host is another machine to us.</summary>
    public bool Includes(string host, int port) => port == Address.Port && string.Equals(host, Address.Host, StringComparison.OrdinalIgnoreCase);

    public bool Includes(Uri other) => other.Scheme == Address.Scheme && Includes(other.Host, other.Port);

    /// <summary>Connects to an address that was checked after its name was resolved, so that a name can't be turned elsewhere in between.</summary>
    public async Task<TcpClient> Connect(string host, int port, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = addresses.Where(a => DeviceAddress.MayBe(a, allowThisMachine)).ToArray();
        if (allowed.Length == 0) throw new UnreachableDeviceException(addresses.Length == 0 ? "The name has no address." : "The address belongs to this machine or to no machine.");
        var client = new TcpClient { NoDelay = true };
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            await client.ConnectAsync(allowed, port, patience.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>A connection under TLS, held to the pinned key. What speaks only old TLS is spoken to in it, from its first refusal on.</summary>
    public async Task<SslStream> ConnectSecure(string host, int port, CancellationToken ct)
    {
        if (!_old)
        {
            try
            {
                return await Secure(await Connect(host, port, ct), host, false, ct);
            }
            catch (Exception e) when (e is AuthenticationException or IOException && !ct.IsCancellationRequested)
            {
                _old = true;
            }
        }
        try
        {
            return await Secure(await Connect(host, port, ct), host, true, ct);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // It was no matter of age after all.
            _old = false;
            throw;
        }
    }

    private async Task<SslStream> Secure(TcpClient client, string host, bool old, CancellationToken ct)
    {
        var shown = "";
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = old ? AnyTls : SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning disable SYSLIB0040 // The only way to ask OpenSSL for its lowest security level; no cipher without encryption is offered.
                EncryptionPolicy = old ? EncryptionPolicy.AllowNoEncryption : EncryptionPolicy.RequireEncryption,
#pragma warning restore SYSLIB0040
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                // No authority vouches for a console: the key it showed first does, and another one ends the run.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate is null ? "" : PinOf(certificate);
                    return shown.Length > 0 && (_pin is null || shown == _pin);
                },
            }, ct);
            return stream;
        }
        catch (AuthenticationException) when (shown.Length > 0 && _pin is not null && shown != _pin)
        {
            await stream.DisposeAsync();
            client.Dispose();
            throw new CertificateChangedException();
        }
        catch
        {
            await stream.DisposeAsync();
            client.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the device's certificate before any browser does, and holds it to that from now on. Null without TLS.</summary>
    public async Task<string?> Probe(CancellationToken ct)
    {
        if (!IsSecure)
        {
            using var client = await Connect(Address.Host, Address.Port, ct);
            return null;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        await using var stream = await ConnectSecure(Address.Host, Address.Port, patience.Token);
        return _pin ??= PinOf(stream.RemoteCertificate!);
    }

    private static string PinOf(X509Certificate certificate)
    {
        using var whole = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return Convert.ToHexStringLower(SHA256.HashData(whole.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
