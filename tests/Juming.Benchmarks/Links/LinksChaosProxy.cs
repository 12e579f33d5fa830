using System.Net;
using System.Net.Sockets;

namespace Juming.Benchmarks.Links;

/// <summary>A bad network between two tiers: what goes through may stand still, come in crumbs, vanish without a word, or be cut off.</summary>
internal sealed class LinksChaosProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Way> _ways = [];
    private readonly Func<int> _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _stall;
    private int _crumb;
    private bool _hole;
    private long _bytes;
    private int _connections;

    /// <param name="target">Port that it leads to.</param>
    public LinksChaosProxy(Func<int> target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    public int Port { get; }

    /// <summary>Bytes that went through, both ways.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Connections that were taken.</summary>
    public int Connections => _connections;

    /// <summary>Ends all connections: properly, or by a reset that takes with it what is on its way.</summary>
    public void Cut(bool reset)
    {
        foreach (var way in All()) way.Close(reset);
    }

    /// <summary>Nothing moves for a while, and then all of it does.</summary>
    public async Task Stall(TimeSpan time)
    {
        var stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _stall, stall);
        await Task.Delay(time);
        Volatile.Write(ref _stall, null);
        stall.SetResult();
    }

    /// <summary>Everything comes in pieces of this many bytes at most.</summary>
    public async Task Crumble(int bytes, TimeSpan time)
    {
        Volatile.Write(ref _crumb, bytes);
        await Task.Delay(time);
        Volatile.Write(ref _crumb, 0);
    }

    /// <summary>What is sent vanishes while both ends see an open connection, one that is opened meanwhile too; so these stay until an end gives up or they are reset.</summary>
    public async Task Swallow(TimeSpan time, bool reset)
    {
        Volatile.Write(ref _hole, true);
        var lost = All();
        foreach (var way in lost) way.IsLost = true;
        await Task.Delay(time);
        Volatile.Write(ref _hole, false);
        if (!reset) return;
        foreach (var way in All().Where(w => w.IsLost)) way.Close(reset: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut(reset: true);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private List<Way> All()
    {
        lock (_ways) return [.. _ways];
    }

    private async Task Accept()
    {
        while (true)
        {
            var near = await _listener.AcceptSocketAsync(_end.Token);
            Interlocked.Increment(ref _connections);
            _ = Pass(near);
        }
    }

    private async Task Pass(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var way = new Way(near, far) { IsLost = Volatile.Read(ref _hole) };
        lock (_ways) _ways.Add(way);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target(), _end.Token);
            await Task.WhenAll(Copy(way, near, far), Copy(way, far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Whichever end broke it, the other one sees the same.
            way.Close(reset: true);
        }
        finally
        {
            lock (_ways) _ways.Remove(way);
            near.Dispose();
        }
    }

    private async Task Copy(Way way, Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, _end.Token) is > 0 and var read)
            {
                if (Volatile.Read(ref _stall) is { } stall) await stall.Task;
                if (way.IsLost) continue;
                for (var sent = 0; sent < read;)
                {
                    var crumb = Volatile.Read(ref _crumb);
                    var piece = crumb > 0 ? Math.Min(1 + Random.Shared.Next(crumb), read - sent) : read - sent;
                    sent += await to.SendAsync(buffer.AsMemory(sent, piece), SocketFlags.None, _end.Token);
                    if (crumb > 0) await Task.Yield();
                }
                Interlocked.Add(ref _bytes, read);
            }
            // A half that ends says so to the other end and no more: the other half may still have something to say.
            if (!way.IsLost) to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            way.Close(reset: true);
            throw;
        }
    }

    private sealed class Way(Socket near, Socket far)
    {
        private volatile bool _isLost;

        public bool IsLost
        {
            get => _isLost;
            set => _isLost = value;
        }

        public void Close(bool reset)
        {
            foreach (var socket in new[] { near, far })
            {
                try
                {
                    if (reset) socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // It is gone already, which is what was wanted.
                    continue;
                }
            }
        }
    }
}
