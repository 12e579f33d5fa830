using System.Text;
using Juming.Platform.Handlers;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Juming.Site.Ssh.Session;

/// <summary>Reads private keys as people paste them.</summary>
internal static class PrivateKey
{
    /// <summary>The key; null when it is none that can be read with this passphrase.</summary>
    public static PrivateKeyFile? Read(Secret key, Secret passphrase)
    {
        try
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(key.Value.ReplaceLineEndings("\n").Trim() + "\n"));
            return passphrase.Value is { Length: > 0 } words ? new PrivateKeyFile(text, words) : new PrivateKeyFile(text);
        }
        catch (Exception e) when (e is SshException or ArgumentException or FormatException or NotSupportedException or InvalidOperationException or System.Security.Cryptography.CryptographicException or IndexOutOfRangeException or EndOfStreamException or OverflowException)
        {
            return null;
        }
    }
}
