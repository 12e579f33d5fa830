using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Platform.Links.Identity;

/// <summary>
/// Certificates of links, made in code. They name identities, never hosts: what a peer is called in the network, and through which relay it is reached, proves nothing.
/// </summary>
internal static class LinkCertificates
{
    /// <summary>How long a peer's certificate holds; it is renewed with a new key at half of it.</summary>
    public static readonly TimeSpan PeerLife = TimeSpan.FromDays(7);

    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    // A clock that is an hour behind is no reason to be refused.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    /// <summary>The name of a peer below an upper host.</summary>
    public static Uri NameOf(Guid upper, Guid peer) => new($"juming://{upper:N}/lower/{peer:N}");

    /// <summary>The name of the upper host itself.</summary>
    public static Uri NameOf(Guid upper) => new($"juming://{upper:N}/upper");

    /// <summary>Makes an authority: a key and the certificate that signs with it.</summary>
    public static X509Certificate2 MakeAuthority(ECDsa key, Guid upper, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN=Juming links {upper:N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - Backdated, now.AddYears(10));
    }

    /// <summary>Signs a peer's request: its key is taken, every wish in it is not.</summary>
    /// <exception cref="CryptographicException">The request is no request, its signature is wrong, or its key is not P-256.</exception>
    public static X509Certificate2 SignPeer(X509Certificate2 authority, byte[] signingRequest, Guid upper, Guid peer, DateTimeOffset now)
    {
        var asked = CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256);
        using var key = asked.PublicKey.GetECDsaPublicKey() ?? throw new CryptographicException("The key is of another kind than ECDSA.");
        if (key.ExportParameters(false).Curve.Oid.Value != "1.2.840.10045.3.1.7") throw new CryptographicException("The key is on another curve than P-256.");
        return Sign(authority, new PublicKey(key), NameOf(upper, peer), ClientAuth, now, now + PeerLife);
    }

    /// <summary>The certificate by which the upper host's listener shows itself.</summary>
    public static X509Certificate2 SignUpper(X509Certificate2 authority, ECDsa key, Guid upper, DateTimeOffset now)
    {
        using var signed = Sign(authority, new PublicKey(key), NameOf(upper), ServerAuth, now, now.AddDays(90));
        using var withKey = signed.CopyWithPrivateKey(key);
        // A certificate with a key that lives in memory alone can't be used by every TLS stack.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A request for a key.</summary>
    public static byte[] Request(ECDsa key) => new CertificateRequest("CN=juming", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    /// <summary>First bytes of the hash of an authority's public key.</summary>
    public static byte[] PinOf(X509Certificate2 authority) => SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo())[..JoinToken.PinLength];

    /// <summary>Why a certificate that came back is not the one that was asked for; null when it is.</summary>
    public static string? ProblemOfAnswer(byte[] answer, X509Certificate2 authority, Uri name, ECDsa key, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(answer);
            using var theirs = certificate.GetECDsaPublicKey();
            if (theirs is null || !theirs.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())) return "it is for another key";
            return ProblemOf(certificate, authority, name, server: false, now);
        }
        catch (CryptographicException)
        {
            return "it is no certificate";
        }
    }

    /// <summary>Why a certificate does not prove a name under an authority; null when it does.</summary>
    public static string? ProblemOf(X509Certificate2? certificate, X509Certificate2 authority, Uri name, bool server, DateTimeOffset now)
    {
        if (certificate is null) return "no certificate was shown";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(server ? ServerAuth : ClientAuth));
        var good = chain.Build(certificate);
        // Copies outside the managed heap, which would else lie there until the next collection.
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        if (!good) return string.Join("; ", chain.ChainStatus.Select(s => s.Status.ToString()).Distinct());
        return NamesIn(certificate).Contains(name.AbsoluteUri) ? null : $"it names {string.Join(", ", NamesIn(certificate).DefaultIfEmpty("nobody"))}";
    }

    /// <summary>Addresses of the kind <c>juming://</c> that a certificate names.</summary>
    public static IReadOnlyList<string> NamesIn(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == "2.5.29.17");
        if (extension is null) return [];
        var names = new List<string>();
        var reader = new System.Formats.Asn1.AsnReader(extension.RawData, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        var address = new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 6);
        while (reader.HasData)
            if (reader.PeekTag().HasSameClassAndValue(address)) names.Add(reader.ReadCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, address));
            else reader.ReadEncodedValue();
        return names;
    }

    private static X509Certificate2 Sign(X509Certificate2 authority, PublicKey key, Uri name, string use, DateTimeOffset now, DateTimeOffset until)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=" + name.AbsolutePath.Trim('/').Replace('/', ' ')), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], true));
        // A clock that was put back a little since the authority was made is no reason to sign nothing.
        var from = now - Backdated;
        return request.Create(authority, from < authority.NotBefore ? authority.NotBefore : from, until, RandomNumberGenerator.GetBytes(16));
    }
}
