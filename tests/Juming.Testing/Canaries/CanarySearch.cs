using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Testing.Canaries;

/// <summary>A token that was found where it must not be.</summary>
/// <param name="Token">The token.</param>
/// <param name="Encoding">In which form.</param>
/// <param name="Where">Where.</param>
public sealed record CanaryHit(string Token, string Encoding, string Where);

/// <summary>
/// Looks for tokens in bytes, in every form that a program could have given them on the way. Parts of ten characters count, so that a cut token is found as well. The tokens
/// are of lower-case letters and digits.
/// </summary>
public sealed class CanarySearch
{
    /// <summary>Characters of a token.</summary>
    public const int Length = 20;

    private const int Part = 10;
    private const int Begin = 8;
    private const int MostUnpacked = 64 << 20;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly (string Name, Func<string, IEnumerable<byte[]>> Of, bool Folded)[] Forms =
    [
        ("raw", t => Parts(t).Select(Encoding.ASCII.GetBytes), false),
        ("case-folded", t => Parts(t).Select(Encoding.ASCII.GetBytes), true),
        ("reversed", t => Parts(Reversed(t)).Select(Encoding.ASCII.GetBytes), true),
        ("base64, at 0", t => [Base64(t, 0)], false),
        ("base64, at 1", t => [Base64(t, 1)], false),
        ("base64, at 2", t => [Base64(t, 2)], false),
        ("hex", t => [Ascii(Convert.ToHexStringLower(Ascii(t)))], true),
        ("url", t => [Ascii(Each(t, c => $"%{(int)c:x2}"))], true),
        ("quoted-printable", t => [Ascii(Each(t, c => $"={(int)c:x2}"))], true),
        ("html, decimal", t => [Ascii(Each(t, c => $"&#{(int)c};"))], false),
        ("html, hex", t => [Ascii(Each(t, c => $"&#x{(int)c:x};"))], true),
        ("json escapes", t => [Ascii(Each(t, c => $"\\u{(int)c:x4}"))], true),
        ("utf-16 le", t => [Encoding.Unicode.GetBytes(t[..Part])], true),
        ("utf-16 be", t => [Encoding.BigEndianUnicode.GetBytes(t[..Part])], true),
        ("utf-32", t => [Encoding.UTF32.GetBytes(t[..Part])], true),
        ("hpack", t => Enumerable.Range(0, 8).Select(shift => Huffman.Of(t, shift)), false),
#pragma warning disable CA5350, CA5351 // What a careless program would have used is what is looked for.
        ("md5", t => Digest(MD5.HashData(Ascii(t))), false),
        ("sha-1", t => Digest(SHA1.HashData(Ascii(t))), false),
#pragma warning restore CA5350, CA5351
        ("sha-256", t => Digest(SHA256.HashData(Ascii(t))), false),
    ];

    /// <summary>Containers that are opened before they are searched.</summary>
    private static readonly string[] Containers = ["gzip", "zlib", "deflate", "brotli", "zstd"];

    private readonly Dictionary<ulong, List<(byte[] Needle, string Token, string Form)>> _plain = [];
    private readonly Dictionary<ulong, List<(byte[] Needle, string Token, string Form)>> _folded = [];

    /// <summary>Prepares the search for these tokens.</summary>
    public CanarySearch(IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
            foreach (var (name, of, folded) in Forms)
                foreach (var needle in of(token).Where(n => n.Length >= Begin))
                {
                    var index = folded ? _folded : _plain;
                    ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(index, MemoryMarshal.Read<ulong>(needle), out _);
                    (list ??= []).Add((needle, token, name));
                }
    }

    /// <summary>Names of all forms and containers.</summary>
    public static IReadOnlyList<string> Encodings => [.. Forms.Select(f => f.Name), .. Containers];

    /// <summary>Tokens that are in nothing else; the same seed gives the same.</summary>
    public static IReadOnlyList<string> Tokens(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, Length).Select(_ => Letters[random.Next(Letters.Length)])))];
    }

    /// <summary>Looks through bytes, and through what is packed in them.</summary>
    public IReadOnlyList<CanaryHit> In(string where, ReadOnlySpan<byte> bytes)
    {
        var hits = new HashSet<CanaryHit>();
        Look(where, bytes, hits);
        foreach (var (name, content) in Unpacked(bytes.ToArray()))
            Look(where + ", in " + name, content, hits);
        return [.. hits];
    }

    private void Look(string where, ReadOnlySpan<byte> bytes, HashSet<CanaryHit> hits)
    {
        Look(_plain, where, bytes, hits);
        var folded = bytes.ToArray();
        foreach (ref var b in folded.AsSpan())
            if (b is >= (byte)'A' and <= (byte)'Z') b |= 0x20;
        Look(_folded, where, folded, hits);
    }

    private static void Look(Dictionary<ulong, List<(byte[] Needle, string Token, string Form)>> index, string where, ReadOnlySpan<byte> bytes, HashSet<CanaryHit> hits)
    {
        for (var at = 0; at + Begin <= bytes.Length; at++)
            if (index.TryGetValue(MemoryMarshal.Read<ulong>(bytes[at..]), out var found))
                foreach (var (needle, token, form) in found)
                    if (bytes[at..].StartsWith(needle)) hits.Add(new CanaryHit(token, form, where));
    }

    /// <summary>What is packed in the bytes.</summary>
    private static IEnumerable<(string Name, byte[] Content)> Unpacked(byte[] bytes)
    {
        foreach (var (name, of) in new (string, Func<Stream, Stream>)[] { ("deflate", s => new DeflateStream(s, CompressionMode.Decompress)), ("brotli", s => new BrotliStream(s, CompressionMode.Decompress)) })
            if (Open(bytes, 0, of) is { } content) yield return (name, content);
        for (var at = 0; at + 4 < bytes.Length; at++)
        {
            if (bytes[at] == 0x1F && bytes[at + 1] == 0x8B && bytes[at + 2] == 8 && Open(bytes, at, s => new GZipStream(s, CompressionMode.Decompress)) is { } gzip) yield return ("gzip", gzip);
            if (bytes[at] == 0x78 && ((bytes[at] << 8) | bytes[at + 1]) % 31 == 0 && Open(bytes, at, s => new ZLibStream(s, CompressionMode.Decompress)) is { } zlib) yield return ("zlib", zlib);
            if (bytes.AsSpan(at, 4).SequenceEqual<byte>([0x28, 0xB5, 0x2F, 0xFD]) && Open(bytes, at, s => new ZstdSharp.DecompressionStream(s)) is { } zstd) yield return ("zstd", zstd);
        }
    }

    private static byte[]? Open(byte[] bytes, int at, Func<Stream, Stream> of)
    {
        using var content = new MemoryStream();
        try
        {
            using var packed = new MemoryStream(bytes, at, bytes.Length - at);
            using var stream = of(packed);
            var part = new byte[8192];
            while (content.Length < MostUnpacked && stream.Read(part) is var count and > 0) content.Write(part, 0, count);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException or ZstdSharp.ZstdException)
        {
            // What came out before it broke counts too.
            return content.Length > 0 ? content.ToArray() : null;
        }
        return content.Length > 0 ? content.ToArray() : null;
    }

    private static IEnumerable<string> Parts(string text) => Enumerable.Range(0, text.Length - Part + 1).Select(i => text.Substring(i, Part));

    private static string Reversed(string text) => string.Concat(text.Reverse());

    private static string Each(string text, Func<char, string> of) => string.Concat(text[..Part].Select(of));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>The middle of the base64 text when the token stands at this place of a group of three.</summary>
    private static byte[] Base64(string text, int at)
    {
        var whole = Convert.ToBase64String([.. new byte[at], .. Ascii(text)]);
        return Ascii(whole[(at == 0 ? 0 : 4)..(whole.Length - 4)][..12]);
    }

    private static IEnumerable<byte[]> Digest(byte[] digest) => [digest[..12], Ascii(Convert.ToHexStringLower(digest)[..20]), Ascii(Convert.ToHexString(digest)[..20]), Ascii(Convert.ToBase64String(digest)[..16])];
}
