using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Links;
using Juming.Testing.Canaries;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>What comes into a site does not go up, in whatever form: 300 tokens here, 3,000 in the bench.</summary>
[Category("X3")]
public sealed class CanaryTests
{
    private static readonly string Token = CanarySearch.Tokens(1, 7)[0];

    [Test]
    public async Task No_token_that_came_into_the_site_is_found_at_the_gate_on_the_wire_or_at_the_operator()
    {
        var outcome = await CanaryRun.Run(300, 1, leaks: false, CancellationToken.None);
        TestContext.Out.WriteLine($"{outcome.Messages} messages, {outcome.Searched} bytes searched, {outcome.Stored} lines stored; {string.Join(", ", outcome.Planted.Select(p => p.Key + " " + p.Value))}");
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Hits, Is.Empty);
            Assert.That(outcome.Planted.Values.Sum(), Is.GreaterThanOrEqualTo(300));
            Assert.That(outcome.Stored, Is.GreaterThan(50), "they did come in");
            Assert.That(outcome.Messages, Is.GreaterThanOrEqualTo(4));
            Assert.That((outcome.Leaked.Outcome, outcome.Leaked.Reason), Is.EqualTo((EgressOutcome.Refused, "not-in-dictionary")));
        });
    }

    [Test]
    public async Task A_mapper_that_copies_a_logs_message_into_a_label_is_caught_everywhere_on_the_way()
    {
        var outcome = await CanaryRun.Run(60, 2, leaks: true, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Leaked.Outcome, Is.EqualTo(EgressOutcome.Sent), "the gate's dictionaries are off");
            Assert.That(outcome.Hits.Select(h => h.Where.Split(',')[0]).Distinct(), Is.SupersetOf(new[] { "gate", "outbox", "wire", "operator" }));
        });
    }

    public static IEnumerable<TestCaseData> Forms()
    {
        var raw = Encoding.ASCII.GetBytes(Token);
        yield return Case("raw", raw);
        yield return Case("raw, cut", Encoding.ASCII.GetBytes(Token[5..17]));
        yield return Case("upper case", Encoding.ASCII.GetBytes(Token.ToUpperInvariant()));
        for (var shift = 0; shift < 3; shift++) yield return Case("base64 at " + shift, Encoding.ASCII.GetBytes(Convert.ToBase64String([.. "xyz"u8[..shift], .. raw, .. "end"u8])));
        yield return Case("base64url", Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString([.. "a"u8, .. raw])));
        yield return Case("hex", Encoding.ASCII.GetBytes(Convert.ToHexString(raw)));
        yield return Case("url", Encoding.ASCII.GetBytes(string.Concat(raw.Select(b => $"%{b:X2}"))));
        yield return Case("quoted-printable", Encoding.ASCII.GetBytes(string.Concat(raw.Select(b => $"={b:X2}"))));
        yield return Case("html", Encoding.ASCII.GetBytes(string.Concat(raw.Select(b => $"&#{b};"))));
        yield return Case("html hex", Encoding.ASCII.GetBytes(string.Concat(raw.Select(b => $"&#x{b:X};"))));
        yield return Case("json", Encoding.ASCII.GetBytes(string.Concat(raw.Select(b => $"\\u{b:x4}"))));
        yield return Case("utf-16", Encoding.Unicode.GetBytes(Token));
        yield return Case("utf-16 be", Encoding.BigEndianUnicode.GetBytes(Token));
        yield return Case("utf-32", Encoding.UTF32.GetBytes(Token));
        yield return Case("reversed", Encoding.ASCII.GetBytes(string.Concat(Token.Reverse())));
#pragma warning disable CA5350, CA5351 // What a careless program would have used is what is looked for.
        yield return Case("md5", MD5.HashData(raw));
        yield return Case("sha-1", Encoding.ASCII.GetBytes(Convert.ToHexString(SHA1.HashData(raw))));
#pragma warning restore CA5350, CA5351
        yield return Case("sha-256", Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA256.HashData(raw))));
        yield return Case("gzip", Packed(s => new GZipStream(s, CompressionLevel.Optimal)));
        yield return Case("zlib", Packed(s => new ZLibStream(s, CompressionLevel.Optimal)));
        yield return Case("zstd", Packed(s => new ZstdSharp.CompressionStream(s)));
        yield return Case("hpack", Hpack());
        yield return new TestCaseData((object)Packed(s => new BrotliStream(s, CompressionLevel.Optimal)), true).SetName("Found_as_brotli");
        yield return new TestCaseData((object)Packed(s => new DeflateStream(s, CompressionLevel.Optimal)), true).SetName("Found_as_deflate");

        static TestCaseData Case(string name, byte[] bytes) => new TestCaseData((object)bytes, false).SetName("Found_as_" + name.Replace(' ', '_'));
    }

    [TestCaseSource(nameof(Forms))]
    public void A_token_is_found_in_every_form(byte[] form, bool fromTheBeginning)
    {
        var search = new CanarySearch([Token]);
        byte[] before = fromTheBeginning ? [] : [.. "before "u8];
        Assert.That(search.In("here", [.. before, .. form, .. " after"u8]), Is.Not.Empty);
        Assert.That(new CanarySearch(CanarySearch.Tokens(1, 8)).In("here", [.. before, .. form]), Is.Empty, "another token is not in it");
    }

    private static byte[] Packed(Func<Stream, Stream> of)
    {
        using var bytes = new MemoryStream();
        using (var stream = of(bytes)) stream.Write(JsonSerializer.SerializeToUtf8Bytes(new { user = Token }));
        return bytes.ToArray();
    }

    /// <summary>A header's value as Kestrel's own encoder does not give it out: RFC 7541, appendix B, written anew, five bits into a byte.</summary>
    private static byte[] Hpack()
    {
        const string lengths5 = "012aceiost";
        const string lengths6 = "3456789";
        const string lengths6B = "bdfghlmnpru";
        const string lengths7 = "jkqvwxyz";
        var bits = new StringBuilder("00011");
        foreach (var letter in Token)
            bits.Append(lengths5.Contains(letter) ? Bits(lengths5.IndexOf(letter), 5) : lengths6.Contains(letter) ? Bits(0x19 + lengths6.IndexOf(letter), 6) : lengths6B.Contains(letter) ? Bits(0x23 + lengths6B.IndexOf(letter), 6) : Bits(0x74 + lengths7.IndexOf(letter), 7));
        while (bits.Length % 8 != 0) bits.Append('1');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(i * 8, 8), 2))];

        static string Bits(int code, int count) => Convert.ToString(code, 2).PadLeft(count, '0');
    }
}
