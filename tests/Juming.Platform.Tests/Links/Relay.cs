using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Juming.Platform.Tests.Links;

/// <summary>Passes connections on and says how many stand: to one port, or, without one, wherever <c>CONNECT</c> asks for, as an enterprise's proxy does.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, byte> _open = new();
    private readonly int? _target;
    private readonly Task _accepting;
    private int _number;
    private long _bytes;

    public Relay(int? target)
    {
        _target = target;
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that stand now.</summary>
    public int Open => _open.Count;

    /// <summary>Connections that were opened.</summary>
    public int Opened => Volatile.Read(ref _number);

    /// <summary>Bytes that came down.</summary>
    public long BytesDown => Interlocked.Read(ref _bytes);

    /// <summary>What <c>CONNECT</c> asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task Accept()
    {
        while (true) _ = Pass(await _listener.AcceptTcpClientAsync(_end.Token), Interlocked.Increment(ref _number));
    }

    private async Task Pass(TcpClient from, int number)
    {
        using var near = from;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, _target ?? await AskedFor(near.GetStream()), _end.Token);
        if (_target is null) await near.GetStream().WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _end.Token);
        _open[number] = 0;
        await Task.WhenAny(Copy(near.GetStream(), far.GetStream(), false), Copy(far.GetStream(), near.GetStream(), true));
        _open.TryRemove(number, out _);
    }

    private async Task<int> AskedFor(NetworkStream from)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await from.ReadExactlyAsync(one, _end.Token);
            head.Append((char)one[0]);
        }
        Asked.Enqueue(head.ToString().Split("\r\n")[0]);
        var place = head.ToString().Split(' ')[1];
        return int.Parse(place[(place.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task Copy(NetworkStream from, NetworkStream to, bool down)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (down) Interlocked.Add(ref _bytes, read);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
