using System.Threading.Channels;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Links.Run;

/// <summary>
/// Drives one end of a synchronisation over a stream: one frame, one wake or one second at a time, so that the engine has one caller. Ends with the stream.
/// </summary>
internal sealed class SyncRun(SyncTopics topics, IAsyncStreamReader<SyncFrame> reader, IAsyncStreamWriter<SyncFrame> writer, Wake wake, TimeProvider clock, ILinkAlarms alarms)
{
    /// <summary>Largest frame; a batch holds a mebibyte or one record, and no record is larger than that.</summary>
    public const int LargestFrame = 4 * 1024 * 1024;

    // The window of the sender bounds it; what is beyond comes of a peer that knows no window.
    private const int MostWaiting = 256;

    // A full link moves some sixty batches a second and as many acknowledgements; more only makes work.
    private const int MostFramesASecond = 1_000;

    private readonly Channel<SyncFrame> _out = Channel.CreateBounded<SyncFrame>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Runs until the stream ends, breaks, or is cancelled.</summary>
    /// <exception cref="IOException">The peer sends faster than answers can leave.</exception>
    /// <exception cref="LinkBreachException">What came can't come from a host in order.</exception>
    public async Task Run(CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = Write(ending.Token);
        try
        {
            await Work(writing, ending.Token);
        }
        finally
        {
            _out.Writer.TryComplete();
            await ending.CancelAsync();
            // A pending write on a stream that was given back to its pool would spoil the next call.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Work(Task writing, CancellationToken ct)
    {
        var peer = new SyncPeer(topics, Send, clock, alarms);
        peer.Start();
        var frame = Unreadable.Guard(reader.MoveNext(ct));
        var woken = wake.Next(ct);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        var second = timer.WaitForNextTickAsync(ct).AsTask();
        var frames = 0;
        while (true)
        {
            // The second comes first: frames without a pause would keep it, and with it the count of them, waiting for ever.
            var first = await Task.WhenAny(second, frame, woken, writing);
            if (first == frame)
            {
                if (!await frame) return;
                if (++frames > MostFramesASecond) throw new LinkBreachException("flood");
                await peer.Receive(reader.Current, ct);
                frame = Unreadable.Guard(reader.MoveNext(ct));
            }
            else if (first == woken)
            {
                await woken;
                woken = wake.Next(ct);
                await peer.Pump(ct);
            }
            else if (first == second)
            {
                await second;
                second = timer.WaitForNextTickAsync(ct).AsTask();
                frames = 0;
                peer.Tick();
            }
            else
            {
                await writing;
                return;
            }
        }
    }

    private void Send(SyncFrame frame)
    {
        if (!_out.Writer.TryWrite(frame)) throw new IOException("The other end sends faster than it takes answers.");
    }

    private async Task Write(CancellationToken ct)
    {
        await foreach (var frame in _out.Reader.ReadAllAsync(ct)) await writer.WriteAsync(frame, ct);
    }
}

/// <summary>Tells a message that can't be read, or is larger than any may be, from a connection that broke.</summary>
internal static class Unreadable
{
    /// <summary>Waits for a message.</summary>
    /// <exception cref="LinkBreachException">What came is none.</exception>
    public static async Task<bool> Guard(Task<bool> next)
    {
        try
        {
            return await next;
        }
        catch (Exception e) when (e is Google.Protobuf.InvalidProtocolBufferException || e.InnerException is Google.Protobuf.InvalidProtocolBufferException)
        {
            throw new LinkBreachException("frame");
        }
        catch (RpcException e) when (IsOfMessage(e))
        {
            throw new LinkBreachException(e.StatusCode == StatusCode.ResourceExhausted ? "size" : "frame");
        }
    }

    // The library says both of what it reads itself, and of what the other end answered; only the first has an exception of reading, or its words, in it.
    private static bool IsOfMessage(RpcException e) =>
        (e.StatusCode == StatusCode.ResourceExhausted && e.Status.Detail.Contains("exceeds the maximum", StringComparison.Ordinal))
        || (e.StatusCode is StatusCode.Internal or StatusCode.Unimplemented && (e.Status.Detail.Contains("compress", StringComparison.OrdinalIgnoreCase) || e.Status.Detail.Contains("grpc-encoding", StringComparison.OrdinalIgnoreCase) || e.Status.Detail.Contains("deserializ", StringComparison.OrdinalIgnoreCase)));
}

/// <summary>Tells whoever sends that there is something to send. A wake that nobody waited for is kept.</summary>
internal sealed class Wake
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is something.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Waits for the next.</summary>
    public Task Next(CancellationToken ct) => _bell.Reader.ReadAsync(ct).AsTask();
}
