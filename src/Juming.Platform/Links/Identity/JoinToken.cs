using System.Buffers.Text;
using System.Security.Cryptography;

namespace Juming.Platform.Links.Identity;

/// <summary>
/// What a new site is given: who it will be, a secret that works once, and the pin of the authority that it will meet, so that nobody in between can pose as it.
/// Written <c>jm1.PEER.SECRET.PIN</c>.
/// </summary>
internal sealed record JoinToken(Guid Peer, byte[] Secret, byte[] Pin)
{
    private const string Mark = "jm1";
    private const int SecretLength = 16;

    /// <summary>Bytes of the SHA-256 over the authority's public key that a token carries.</summary>
    public const int PinLength = 16;

    /// <summary>A new one for a peer.</summary>
    public static JoinToken Make(Guid peer, byte[] pin) => new(peer, RandomNumberGenerator.GetBytes(SecretLength), pin);

    /// <summary>What is kept of the secret.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <summary>Reads one; null for anything else.</summary>
    public static JoinToken? Read(string text)
    {
        var parts = text.Trim().Split('.');
        if (parts.Length != 4 || parts[0] != Mark || parts.Skip(1).Any(p => p.Length > 64)) return null;
        return Bytes(parts[1], 16) is { } peer && Bytes(parts[2], SecretLength) is { } secret && Bytes(parts[3], PinLength) is { } pin ? new JoinToken(new Guid(peer, bigEndian: true), secret, pin) : null;
    }

    /// <summary>As it is handed over; never logged.</summary>
    public string Write() => string.Join('.', Mark, Base64Url.EncodeToString(Peer.ToByteArray(bigEndian: true)), Base64Url.EncodeToString(Secret), Base64Url.EncodeToString(Pin));

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Mark}.{Peer}.***";

    private static byte[]? Bytes(string text, int length)
    {
        if (!Base64Url.IsValid(text, out var decoded) || decoded != length) return null;
        return Base64Url.DecodeFromChars(text);
    }
}
