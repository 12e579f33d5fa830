using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Juming.Testing.Farm;

/// <summary>Codes of RFC 6238 as the simulated devices check them: SHA-1, six digits, 30 s, one step to either side.</summary>
public static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code at an instant.</summary>
    public static string Code(string seed, DateTimeOffset at) => At(seed, at.ToUnixTimeSeconds() / 30);

    internal static bool Fits(string seed, string code, DateTimeOffset at)
    {
        var step = at.ToUnixTimeSeconds() / 30;
        return code == At(seed, step) || code == At(seed, step - 1) || code == At(seed, step + 1);
    }

    internal static string NewSeed(Random dice) => string.Concat(Enumerable.Range(0, 32).Select(_ => Base32[dice.Next(32)]));

    private static string At(string seed, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 names SHA-1, and that is what authenticator apps do.
        var hash = HMACSHA1.HashData(Bytes(seed), counter);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(at, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string seed)
    {
        var bytes = new List<byte>();
        int bits = 0, held = 0;
        foreach (var c in seed)
        {
            held = (held << 5) | Base32.IndexOf(c, StringComparison.Ordinal);
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(held >> bits));
            held &= (1 << bits) - 1;
        }
        return [.. bytes];
    }
}
