using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Http;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;

namespace Juming.Platform.Links.Lower;

/// <summary>The bulk connection to the host above: a connection of its own, so that a large download never delays the session.</summary>
internal sealed class UpperBulk(Membership membership, OutboundSettings outbound, UpperWake wake, TimeProvider clock) : IUpperBulk, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Wake _told = new();
    private readonly Lock _lock = new();
    private UpperChannel? _channel;
    private Guid? _upper;
    private CancellationToken _left;
    private volatile byte[]? _newest;

    /// <inheritdoc/>
    public byte[]? Newest => _newest;

    /// <summary>The host above named its newest head.</summary>
    public void Told(byte[] head)
    {
        _newest = head;
        _told.Ring();
    }

    /// <inheritdoc/>
    public async Task Told(TimeSpan atMost, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(atMost);
        await _told.Next(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async Task<Guid?> Upper(CancellationToken ct) => (await membership.Look(ct))?.Upper;

    /// <inheritdoc/>
    public async Task<BulkHead?> Head(byte[] known, CancellationToken ct)
    {
        var reply = await Ask((client, token) => client.HeadAsync(new HeadRequest { Known = ByteString.CopyFrom(known) }, cancellationToken: token), ct);
        return reply.Same ? null : new BulkHead([], (long)Math.Min(reply.RootVersion, int.MaxValue), reply.Timestamp.ToByteArray(), [.. reply.Own.Select(o => o.ToByteArray())]);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> Root(long version, CancellationToken ct)
    {
        var reply = await Ask((client, token) => client.RootAsync(new RootRequest { Version = (ulong)version }, cancellationToken: token), ct);
        return reply.Root.IsEmpty ? null : reply.Root.ToByteArray();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Get(byte[] sha256, long offset, [EnumeratorCancellation] CancellationToken ct)
    {
        var client = await Client(ct);
        using var call = client.Get(new BlobRequest { Sha256 = ByteString.CopyFrom(sha256), Offset = (ulong)offset }, cancellationToken: ct);
        while (await Next(call, ct)) yield return call.ResponseStream.Current.Data.Memory;
    }

    /// <inheritdoc/>
    public void Close()
    {
        lock (_lock)
        {
            _channel?.Dispose();
            _channel = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private async Task<bool> Next(AsyncServerStreamingCall<BlobChunk> call, CancellationToken ct)
    {
        // Bytes that come slowly are better than none; none for a minute is a broken connection.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return await call.ResponseStream.MoveNext(patience.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
        {
            // The library tells a cancelled call in words of its own.
            ct.ThrowIfCancellationRequested();
            throw Away(e);
        }
    }

    private async Task<T> Ask<T>(Func<Bulk.BulkClient, CancellationToken, AsyncUnaryCall<T>> ask, CancellationToken ct)
    {
        var client = await Client(ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var call = ask(client, patience.Token);
            return await call.ResponseAsync;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
        {
            // The library tells a cancelled call in words of its own.
            ct.ThrowIfCancellationRequested();
            throw Away(e);
        }
    }

    private UpperAwayException Away(Exception e)
    {
        if (e is RpcException { StatusCode: StatusCode.NotFound }) return new UpperAwayException("gone", e);
        // A certificate that was renewed, or another host above: the next question asks with what holds then.
        Close();
        return new UpperAwayException(e is RpcException rpc ? LinkStatus.ProblemOf(rpc) : "broken", e);
    }

    private async Task<Bulk.BulkClient> Client(CancellationToken ct)
    {
        lock (_lock)
            if (_channel is not null && !_left.IsCancellationRequested) return new Bulk.BulkClient(_channel.Channel);
        var left = wake.Left;
        if (await membership.Get(ct) is not { } member) throw new UpperAwayException("not-joined");
        lock (_lock)
        {
            _channel?.Dispose();
            if (_upper != member.Upper) (_upper, _newest) = (member.Upper, null);
            (_channel, _left) = (UpperChannel.Of(member, outbound, clock), left);
            return new Bulk.BulkClient(_channel.Channel);
        }
    }
}
