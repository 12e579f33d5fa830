using System.Security.Cryptography;

namespace Juming.Platform.Content.Sign;

/// <summary>A root key as it lies offline: PKCS#8 in PEM, encrypted under a passphrase.</summary>
internal static class RootKeyFile
{
    private const int Rounds = 600_000;

    public static string Write(ECDsa key, string passphrase) => key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds)) + "\n";

    /// <summary>Opens one; null when the passphrase is another one or it is no key on P-256.</summary>
    public static ECDsa? Read(string pem, string passphrase)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(pem, passphrase);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
        key.Dispose();
        return null;
    }
}
