using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Juming.Platform.Content.Format;

/// <summary>A signed text: {"signatures":[{"keyid","sig"}…],"signed":{…}}, canonical as a whole. Signatures are over the bytes of "signed" as they stand there.</summary>
internal sealed class SignedFile
{
    private const int MostSignatures = 16;

    private SignedFile(byte[] bytes, byte[] signedBytes, JsonElement signed, IReadOnlyList<(string KeyId, byte[] Signature)> signatures) =>
        (Bytes, SignedBytes, Signed, Signatures) = (bytes, signedBytes, signed, signatures);

    /// <summary>The whole file.</summary>
    public byte[] Bytes { get; }

    /// <summary>What the signatures are over.</summary>
    public byte[] SignedBytes { get; }

    /// <summary>The same, read.</summary>
    public JsonElement Signed { get; }

    /// <summary>Signatures by the names of their keys.</summary>
    public IReadOnlyList<(string KeyId, byte[] Signature)> Signatures { get; }

    /// <summary>Reads one of at most so many bytes. Nothing in it is to be believed before its signatures were counted.</summary>
    /// <exception cref="ContentFormatException">It is none.</exception>
    public static SignedFile Read(byte[] bytes, int most)
    {
        if (bytes.Length > most) throw new ContentFormatException($"it has {bytes.Length} bytes; at most {most} are read");
        using var document = CanonicalJson.Read(bytes);
        var whole = new Members(document.RootElement, "the file");
        var signed = whole.Object("signed");
        var signatures = whole.Items("signatures", MostSignatures).Select(ReadSignature).ToList();
        whole.End();
        return new SignedFile(bytes, Encoding.UTF8.GetBytes(signed.GetRawText()), signed.Clone(), signatures);
    }

    /// <summary>Signs a text with each of the keys.</summary>
    public static byte[] Write(JsonElement signed, IEnumerable<ECDsa> keys)
    {
        var text = CanonicalJson.Write(signed);
        var signatures = keys.Select(k => new { keyid = ContentKey.Of(k).Id, sig = Convert.ToBase64String(ContentKey.Sign(k, text)) }).OrderBy(s => s.keyid, StringComparer.Ordinal).ToList();
        return CanonicalJson.Write(JsonSerializer.SerializeToElement(new { signatures, signed }));
    }

    /// <summary>How many of the given keys have signed it; each counts once, however often it stands there.</summary>
    public int Count(IEnumerable<ContentKey> keys) => keys.DistinctBy(k => k.Id).Count(k => Signatures.Any(s => s.KeyId == k.Id && k.Verifies(SignedBytes, s.Signature)));

    private static (string, byte[]) ReadSignature(JsonElement item)
    {
        var members = new Members(item, "a signature");
        var (id, text) = (members.Text("keyid", 64), members.Text("sig", 100));
        members.End();
        var signature = new byte[100];
        return Convert.TryFromBase64String(text, signature, out var length) ? (id, signature[..length]) : throw new ContentFormatException("a signature is not base64");
    }
}
