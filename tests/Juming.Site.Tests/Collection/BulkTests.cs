using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Juming.Site.Collection.ChangeSource;
using Juming.Site.Collection.ListSources;
using Juming.Site.Collection.Pipeline;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>The bulk door as shippers use it.</summary>
[Category("S2")]
[CancelAfter(120_000)]
public sealed class BulkTests
{
    private CollectionBench _bench = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _bench = await CollectionBench.Start(change: s => s.Tcp = []);
        _client = await _bench.Site.WithToken("collection.send");
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task Too_many_lines_are_too_large_and_the_limit_is_named()
    {
        var (status, text) = await Post(Bytes(string.Concat(Enumerable.Repeat("{\"a\":1}\n", 8193))));
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, text)));
        Assert.That(text, Does.Contain("8192").And.Contain("collection.too-many-lines"));
        Assert.That((await Post(Bytes(string.Concat(Enumerable.Repeat("{\"a\":1}\n", 8192))))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await _bench.Ledger()).Received, Is.EqualTo(8192), "what was refused was not taken");
    }

    [Test]
    public async Task A_gzip_body_is_unpacked()
    {
        var (status, text) = await Post(Packed("{\"a\":1}\n{\"a\":2}\n"u8), "gzip");
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.OK, "{\"accepted\":2,\"repeated\":false}")));
        Assert.That(await _bench.Lines(), Is.EquivalentTo(new[] { "{\"a\":1}", "{\"a\":2}" }));
    }

    [TestCase("\n")]
    [TestCase("x")]
    public async Task A_bomb_is_too_large(string of)
    {
        var (status, text) = await Post(Packed(Bytes(string.Concat(Enumerable.Repeat(of, 40_000_000)))), "gzip");
        Assert.That((status, text), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, text)));
        Assert.That(text, Does.Contain("collection.too-many-bytes"));
        Assert.That(_bench.Book.Totals, Is.Empty);
    }

    [Test]
    public async Task A_body_that_is_not_gzip_is_refused()
    {
        Assert.That((await Post(Bytes("{\"a\":1}\n"), "gzip")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await Post(Bytes("{\"a\":1}\n"), "zstd")).Text, Does.Contain("collection.bad-encoding"));
        Assert.That((await Post(Packed("{\"a\":1}\n"u8)[..12], "gzip")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Lines_of_a_muted_sender_are_taken_and_counted_and_not_stored()
    {
        await Post(Bytes("{\"a\":1}\n"));
        var source = (await _bench.Site.Send(new ListSources())).Value.Items.Single();
        await _bench.Site.Send(new ChangeSource(source.Id, "quiet", true, null, null, null));
        Assert.That((await Post(Bytes("{\"a\":2}\n{\"a\":3}\n"))).Status, Is.EqualTo(HttpStatusCode.OK));
        var ledger = await _bench.Ledger();
        Assert.That((ledger.Received, ledger.Stored, ledger.Dropped.GetValueOrDefault(LedgerReasons.Muted), ledger.Imbalance), Is.EqualTo((3L, 1L, 2L, 0L)));
    }

    private async Task<(HttpStatusCode Status, string Text)> Post(byte[] body, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var answer = await _client.PostAsync("/api/collection/events", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Packed(ReadOnlySpan<byte> bytes)
    {
        var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest)) gzip.Write(bytes);
        return to.ToArray();
    }
}
