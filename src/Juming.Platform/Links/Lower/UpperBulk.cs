using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Http;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;

namespace Juming.Platform.Links.Lower;

/// <summary>The bulk connection to the host above: a connection of its own, so that a large download never delays the session. Opened with the first question, closed when nobody has asked for two minutes.</summary>
internal sealed class UpperBulk : IUpperBulk, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    private readonly Membership _membership;
    private readonly OutboundSettings _outbound;
    private readonly UpperWake _wake;
    private readonly TimeProvider _clock;
    private readonly ITimer _closing;
    private readonly Wake _told = new();
    private readonly Lock _lock = new();
    private Line? _line;
    private Guid? _upper;
    private volatile byte[]? _newest;

    public UpperBulk(Membership membership, OutboundSettings outbound, UpperWake wake, TimeProvider clock)
    {
        (_membership, _outbound, _wake, _clock) = (membership, outbound, wake, clock);
        _closing = clock.CreateTimer(_ => CloseIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection with those who use it; <see cref="_lock"/> guards the count.</summary>
    private sealed class Line(UpperChannel channel, CancellationToken left)
    {
        public UpperChannel Channel { get; } = channel;
        public CancellationToken Left { get; } = left;
        public int Users { get; set; }
    }

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
    public async Task<Guid?> Upper(CancellationToken ct) => (await _membership.Look(ct))?.Upper;

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
        var line = await Take(ct);
        try
        {
            using var call = Begin(line, new BlobRequest { Sha256 = ByteString.CopyFrom(sha256), Offset = (ulong)offset }, ct);
            while (await Next(line, call, ct)) yield return call.ResponseStream.Current.Data.Memory;
        }
        finally
        {
            GiveBack(line);
        }
    }

    /// <inheritdoc/>
    public void Close() => Close(null);

    /// <summary>Asks over another connection from here on; what is under way ends on this one. For a certificate that was renewed: the earlier one would count as stolen.</summary>
    public void Renew()
    {
        Line? unused = null;
        lock (_lock)
        {
            if (_line is { Users: 0 }) unused = _line;
            _line = null;
        }
        unused?.Channel.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _closing.Dispose();
    }

    private AsyncServerStreamingCall<BlobChunk> Begin(Line line, BlobRequest request, CancellationToken ct)
    {
        try
        {
            return new Bulk.BulkClient(line.Channel.Channel).Get(request, cancellationToken: ct);
        }
        catch (ObjectDisposedException e)
        {
            throw Away(line, e);
        }
    }

    private async Task<bool> Next(Line line, AsyncServerStreamingCall<BlobChunk> call, CancellationToken ct)
    {
        // Bytes that come slowly are better than none; none for a minute is a broken connection.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return await call.ResponseStream.MoveNext(patience.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The library tells a cancelled call in words of its own.
            ct.ThrowIfCancellationRequested();
            throw Away(line, e);
        }
    }

    private async Task<T> Ask<T>(Func<Bulk.BulkClient, CancellationToken, AsyncUnaryCall<T>> ask, CancellationToken ct)
    {
        var line = await Take(ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var call = ask(new Bulk.BulkClient(line.Channel.Channel), patience.Token);
            return await call.ResponseAsync;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The library tells a cancelled call in words of its own.
            ct.ThrowIfCancellationRequested();
            throw Away(line, e);
        }
        finally
        {
            GiveBack(line);
        }
    }

    private UpperAwayException Away(Line line, Exception e)
    {
        if (e is RpcException { StatusCode: StatusCode.NotFound }) return new UpperAwayException("gone", e);
        // Another host above, or a broken connection: the next question asks with what holds then.
        Close(line);
        return new UpperAwayException(e is RpcException rpc ? LinkStatus.ProblemOf(rpc) : "broken", e);
    }

    /// <summary>The connection, opened where there is none; each is to be given back.</summary>
    private async Task<Line> Take(CancellationToken ct)
    {
        lock (_lock)
            if (Use() is { } line) return line;
        var left = _wake.Left;
        if (await _membership.Get(ct) is not { } member) throw new UpperAwayException("not-joined");
        lock (_lock)
        {
            // Another question may have opened one meanwhile.
            if (Use() is { } line) return line;
            _line?.Channel.Dispose();
            if (_upper != member.Upper) (_upper, _newest) = (member.Upper, null);
            _line = new Line(UpperChannel.Of(member, _outbound, _clock), left) { Users = 1 };
            return _line;
        }
    }

    private Line? Use()
    {
        if (_line is not { Left.IsCancellationRequested: false } line) return null;
        line.Users++;
        _closing.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return line;
    }

    private void GiveBack(Line line)
    {
        var unused = false;
        lock (_lock)
        {
            if (--line.Users > 0) return;
            if (line == _line) _closing.Change(Idle, Timeout.InfiniteTimeSpan);
            else unused = true;
        }
        if (unused) line.Channel.Dispose();
    }

    private void CloseIdle()
    {
        Line? idle = null;
        lock (_lock)
            if (_line is { Users: 0 }) (idle, _line) = (_line, null);
        idle?.Channel.Dispose();
    }

    /// <summary>Closes the connection, whoever uses it; null for whichever there is.</summary>
    private void Close(Line? which)
    {
        Line? closed;
        lock (_lock)
        {
            closed = which ?? _line;
            if (closed == _line) _line = null;
        }
        closed?.Channel.Dispose();
    }
}
