using System.Net;
using System.Net.Sockets;

namespace Juming.Tiers.Tests.Content;

/// <summary>Passes connections on and counts their bytes, both ways.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _bytes;

    public CountingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = Accept();
    }

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Bytes of connections that were opened since the last reset.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Connections that were opened since the last reset.</summary>
    public int Connections { get; private set; }

    /// <summary>Connections that stand now.</summary>
    public int Open => Volatile.Read(ref _open);

    private int _open;

    private int _generation;

    public void Reset()
    {
        _generation++;
        Connections = 0;
        Interlocked.Exchange(ref _bytes, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            var from = await _listener.AcceptTcpClientAsync(_end.Token);
            Connections++;
            _ = Pass(from, _generation);
        }
    }

    private async Task Pass(TcpClient from, int generation)
    {
        using var near = from;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
        Interlocked.Increment(ref _open);
        await Task.WhenAny(Copy(near.GetStream(), far.GetStream(), generation), Copy(far.GetStream(), near.GetStream(), generation));
        Interlocked.Decrement(ref _open);
    }

    private async Task Copy(NetworkStream from, NetworkStream to, int generation)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (generation == _generation) Interlocked.Add(ref _bytes, read);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
