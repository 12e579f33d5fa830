using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>
/// The one way out of a run's browser context: a proxy on loopback that reaches the device and nothing else. It holds the device to its pinned
/// certificate on every connection, speaks old TLS that the browser no longer does, and counts what passes.
/// </summary>
internal sealed class DeviceGate : IAsyncDisposable
{
    private const int MostHead = 64 * 1024;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DeviceOrigin _origin;
    private readonly long _mostBytes;
    private readonly Task _accepting;
    private long _bytes;
    private int _refused;

    public DeviceGate(DeviceOrigin origin, long mostBytes)
    {
        (_origin, _mostBytes) = (origin, mostBytes);
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>Address for the browser.</summary>
    public string Proxy => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Requests for other machines that were refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Name of the machine that was asked for last and refused.</summary>
    public string? LastRefused { get; private set; }

    /// <summary>Why the gate closed for good: "page-too-large" or "certificate-changed"; null while it is open.</summary>
    public string? Broken { get; private set; }

    /// <summary>Ends when the gate closes for good: nobody need wait for a page that will never be whole.</summary>
    public Task Closing => _closing.Task;

    /// <summary>Why the device could not be reached last; null when it could.</summary>
    public string? Unreached { get; private set; }

    /// <summary>Counts anew, for another run by the same way.</summary>
    public void Renew()
    {
        Interlocked.Exchange(ref _bytes, 0);
        Interlocked.Exchange(ref _refused, 0);
        (LastRefused, Unreached) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closed.Dispose();
    }

    private void Close(string reason)
    {
        Broken ??= reason;
        _closing.TrySetResult();
    }

    private async Task Accept()
    {
        try
        {
            while (!_closed.IsCancellationRequested) _ = Serve(await _listener.AcceptTcpClientAsync(_closed.Token), _closed.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task Serve(TcpClient client, CancellationToken ct)
    {
        try
        {
            using var held = client;
            client.NoDelay = true;
            var near = client.GetStream();
            var (head, rest) = await ReadHead(near, ct);
            var parts = head.AsSpan(0, Math.Max(0, head.IndexOf('\r', StringComparison.Ordinal))).ToString().Split(' ');
            if (parts.Length != 3) return;
            var tunnel = parts[0] == "CONNECT";
            if (!Uri.TryCreate(tunnel ? "https://" + parts[1] : parts[1], UriKind.Absolute, out var wanted) || !_origin.Includes(wanted.Host, wanted.Port))
            {
                Interlocked.Increment(ref _refused);
                LastRefused = parts[1].Length > 200 ? parts[1][..200] : parts[1];
                await near.WriteAsync("HTTP/1.1 403 Not the device\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), ct);
                return;
            }
            if (Broken is not null) return;
            if (tunnel)
            {
                await Tunnel(near, wanted, ct);
                return;
            }
            using var device = await _origin.Connect(wanted.Host, wanted.Port, ct);
            await Forward(near, device.GetStream(), head, rest, wanted, ct);
        }
        catch (CertificateChangedException)
        {
            Close("certificate-changed");
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException or InvalidDataException or UnreachableDeviceException)
        {
            if (e is not OperationCanceledException and not ObjectDisposedException) Unreached = e.Message;
        }
    }

    /// <summary>The browser is told to close after each answer: this connection leads to one machine only.</summary>
    private async Task Forward(NetworkStream near, NetworkStream far, string head, byte[] rest, Uri wanted, CancellationToken ct)
    {
        var lines = head.Split("\r\n").ToList();
        var method = lines[0][..lines[0].IndexOf(' ', StringComparison.Ordinal)];
        lines[0] = $"{method} {wanted.PathAndQuery} HTTP/1.1";
        lines.RemoveAll(l => l.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) || l.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        lines.Insert(1, "Connection: close");
        await far.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)), ct);
        if (rest.Length > 0) await far.WriteAsync(rest, ct);
        await Pump(near, far, ct);
    }

    private async Task Tunnel(NetworkStream near, Uri wanted, CancellationToken ct)
    {
        await near.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), ct);
        var first = new byte[1];
        if (await near.ReadAsync(first, ct) == 0) return;
        var whole = new PrependedStream(first, near);
        // A WebSocket without TLS comes through a tunnel too.
        if (first[0] != 0x16)
        {
            using var device = await _origin.Connect(wanted.Host, wanted.Port, ct);
            await Pump(whole, device.GetStream(), ct);
            return;
        }
        await using var far = await _origin.ConnectSecure(wanted.Host, wanted.Port, ct);
        await using var secured = new SslStream(whole, leaveInnerStreamOpen: true);
        await secured.AuthenticateAsServerAsync(GateCertificate.Options, ct);
        await Pump(secured, far, ct);
    }

    private async Task Pump(Stream near, Stream far, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = Copy(near, far, counts: false, either.Token);
        var down = Copy(far, near, counts: true, either.Token);
        var first = await Task.WhenAny(up, down);
        // When the device has ended there is nobody left to hear the rest; when the browser has, the answer may still come.
        if (first == down) await either.CancelAsync();
        await Task.WhenAll(up, down);
    }

    private async Task Copy(Stream from, Stream to, bool counts, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, ct)) > 0)
            {
                if (counts && Interlocked.Add(ref _bytes, read) > _mostBytes)
                {
                    Close("page-too-large");
                    return;
                }
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
                await to.FlushAsync(ct);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Either side may go at any time.
        }
    }

    private static async Task<(string Head, byte[] Body)> ReadHead(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MostHead];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0) break;
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return (Encoding.Latin1.GetString(buffer, 0, end + 4), buffer[(end + 4)..length]);
        }
        throw new InvalidDataException("No request head.");
    }
}
