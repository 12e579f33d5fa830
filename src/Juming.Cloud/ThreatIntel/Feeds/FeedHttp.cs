using System.Buffers.Binary;
using System.IO.Compression;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Vault;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>What a call brought.</summary>
/// <param name="Content">The body, unpacked, at its beginning; null when nothing changed since the last time.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Bytes">Bytes that came.</param>
internal sealed record Fetched(Stream? Content, IReadOnlyDictionary<string, string> Headers, long Bytes) : IDisposable
{
    public string Header(string name) => Headers.TryGetValue(name, out var value) ? value : "";

    public void Dispose() => Content?.Dispose();
}

/// <summary>Calls sources: in turn, within bounds of size, time and ratio, only where calls may go. Bodies lie in files that go with their handle.</summary>
internal sealed class FeedHttp(GuardedHttp http, IVault vault, HostTurns turns, TierContext tier, ThreatIntelSettings settings)
{
    private const int MostRedirects = 3;
    private const int MostRatio = 100;

    // Small lists of one repeated line are packed better than any bomb needs to be.
    private const int RatioCountsFrom = 4 << 20;
    private static readonly TimeSpan UsualRest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(6);

    /// <summary>Where a source's secret is kept.</summary>
    public static SecretPlace PlaceOf(Guid source) => new("threatintel", source.ToString("N"), "header");

    /// <summary>Calls.</summary>
    /// <param name="source">Whose secret is shown.</param>
    /// <param name="address">Where.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="FeedFailedException">Nothing that can be used came back.</exception>
    public async Task<Fetched> Get(SourceRow source, Uri address, IReadOnlyDictionary<string, string> headers, CancellationToken ct)
    {
        var sent = new Dictionary<string, string>(headers);
        if (source is { SecretHeader.Length: > 0, SecretId: { } secret }) sent[source.SecretHeader] = await Open(secret, source.Id, ct);
        await turns.Enter(address.Authority, ct);
        FileStream? spool = Spool();
        try
        {
            var reach = new Reach(Destinations.Configured) { MostRedirects = MostRedirects, MostBytes = settings.MostMegabytes << 20, Within = TimeSpan.FromSeconds(settings.WithinSeconds), Sender = "threatintel" };
            var answer = await http.Send(new GuardedCall(HttpMethod.Get, address, Headers: sent) { Into = spool }, reach, ct);
            if (answer.Status == 304 && headers.Keys.Any(IsCondition)) return new Fetched(null, answer.Headers, 0);
            if (answer.Status != 200) throw Refused(address.Authority, answer);
            spool.Position = 0;
            var content = await Unpack(spool, ct);
            if (content != spool) await spool.DisposeAsync();
            spool = null;
            return new Fetched(content, answer.Headers, answer.Length);
        }
        catch (CallFailedException e)
        {
            throw new FeedFailedException(CodeOf(e.Failure), $"{e.Host}: {e.Detail}", e);
        }
        finally
        {
            if (spool is not null) await spool.DisposeAsync();
        }
    }

    // Who was not asked whether something changed may not answer that nothing did.
    private static bool IsCondition(string header) => header is "If-None-Match" or "If-Modified-Since";

    private async Task<string> Open(Guid secret, Guid source, CancellationToken ct)
    {
        try
        {
            return (await vault.Open(secret, PlaceOf(source), "threatintel.read-source", ct)).Value;
        }
        catch (SecretGoneException e)
        {
            throw new FeedFailedException("secret", e.Reason, e);
        }
    }

    private FeedFailedException Refused(string host, GuardedAnswer answer)
    {
        if (answer.Status is 429 or 503)
        {
            var rest = answer.RetryAfter ?? UsualRest;
            turns.Rest(host, rest < TimeSpan.Zero ? UsualRest : rest > LongestRest ? LongestRest : rest);
        }
        return new(answer.Status switch { 401 or 403 => "not-permitted", 404 or 410 => "not-there", 429 or 503 => "rate-limited", _ => "status" }, $"{host}: HTTP {answer.Status}");
    }

    private static string CodeOf(CallFailure failure) => failure switch
    {
        CallFailure.AddressRefused or CallFailure.DestinationRefused or CallFailure.RedirectRefused => "destination",
        CallFailure.TooLarge => "too-large",
        CallFailure.TimedOut => "timed-out",
        CallFailure.Tls => "tls",
        CallFailure.Broken => "broken",
        _ => "unreachable",
    };

    private FileStream Spool() => new(Path.Combine(Directory.CreateDirectory(Path.Combine(tier.DataFolder, "feeds")).FullName, Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    /// <summary>The content of a gzip file, by its first bytes and not by what headers claim; anything else as it is.</summary>
    private async Task<Stream> Unpack(FileStream packed, CancellationToken ct)
    {
        var head = new byte[2];
        var count = await packed.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, ct);
        packed.Position = 0;
        if (count < 2 || head[0] != 0x1F || head[1] != 0x8B) return packed;
        FileStream? plain = Spool();
        try
        {
            await using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            var part = new byte[1 << 16];
            while (await gzip.ReadAsync(part, ct) is var read and > 0)
            {
                if (plain.Position + read > (long)settings.MostMegabytes << 20) throw new FeedFailedException("too-large", $"unpacked it is more than {settings.MostMegabytes} MB");
                if (plain.Position > RatioCountsFrom && plain.Position > packed.Length * MostRatio) throw new FeedFailedException("bomb", $"{packed.Length} bytes unpack to more than {MostRatio} times as many");
                await plain.WriteAsync(part.AsMemory(0, read), ct);
            }
            await Whole(packed, plain.Position, ct);
            var whole = plain;
            whole.Position = 0;
            plain = null;
            return whole;
        }
        catch (InvalidDataException e)
        {
            throw new FeedFailedException("unreadable", "the packed content is damaged", e);
        }
        finally
        {
            if (plain is not null) await plain.DisposeAsync();
        }
    }

    // The platform's reader takes a packed stream that breaks off for one that ends; gzip writes its length at its end.
    private static async Task Whole(FileStream packed, long length, CancellationToken ct)
    {
        var end = new byte[4];
        packed.Position = Math.Max(0, packed.Length - 4);
        await packed.ReadExactlyAsync(end, ct);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != (uint)length) throw new FeedFailedException("unreadable", "the packed content breaks off");
    }
}
