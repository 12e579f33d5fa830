using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Sign;

namespace Juming.Platform.Content;

/// <summary>Makes root keys without a host, for machines that are never connected.</summary>
public static class RootKeys
{
    /// <summary>Makes one.</summary>
    /// <returns>The key under its passphrase, and its public half.</returns>
    public static (string Pem, string Public) Make(string passphrase)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (RootKeyFile.Write(key, passphrase), ContentKey.Of(key).Public);
    }
}
