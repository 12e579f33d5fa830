using System.Security.Cryptography;

namespace Juming.Platform.Content.Format;

/// <summary>A public key of the repository: ECDSA on P-256, named by the SHA-256 of its SubjectPublicKeyInfo, so that nobody can give one key two names.</summary>
internal sealed class ContentKey
{
    private const int LongestInfo = 200;
    private readonly byte[] _info;

    private ContentKey(byte[] info) => (_info, Id) = (info, Convert.ToHexStringLower(SHA256.HashData(info)));

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo as base64.</summary>
    public string Public => Convert.ToBase64String(_info);

    /// <summary>The public half of a key.</summary>
    public static ContentKey Of(ECDsa key) => new(key.ExportSubjectPublicKeyInfo());

    /// <summary>Reads one; null when it is none on P-256.</summary>
    public static ContentKey? Read(string text)
    {
        var info = new byte[LongestInfo];
        if (text.Length > LongestInfo || !Convert.TryFromBase64String(text, info, out var length)) return null;
        var key = new ContentKey(info[..length]);
        try
        {
            using var read = key.Import();
            var parameters = read.ExportParameters(includePrivateParameters: false);
            // Written in one way only: bytes behind the key would give it another name.
            return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value && read.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key._info) ? key : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signs bytes.</summary>
    public static byte[] Sign(ECDsa key, ReadOnlySpan<byte> bytes) => key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>True when the signature is this key's over these bytes.</summary>
    public bool Verifies(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 64) return false;
        using var key = Import();
        return key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private ECDsa Import()
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(_info, out var read);
            if (read != _info.Length) throw new CryptographicException("There is more than a key.");
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
