using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Juming.Platform.Links.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.Canaries;

/// <summary>
/// Sits between a site and its operator with the keys of both, and keeps every byte that goes up as it is inside TLS. Only a test can have both keys.
/// </summary>
internal sealed class WireTap : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<MemoryStream> _recorded = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Func<(IPEndPoint Address, RunningTier Upper, RunningTier Lower)> _ends;

    public WireTap(Func<(IPEndPoint, RunningTier, RunningTier)> ends)
    {
        _ends = ends;
        _listener.Start();
        _ = Accept();
    }

    /// <summary>What the site dials.</summary>
    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>All that went up, a connection each.</summary>
    public IReadOnlyList<byte[]> Recorded
    {
        get
        {
            var all = new List<byte[]>();
            foreach (var stream in _recorded)
                lock (stream) all.Add(stream.ToArray());
            return all;
        }
    }

    /// <summary>The bodies of HTTP/2's data frames alone: a body that two frames share is whole again.</summary>
    public static byte[] BodiesOf(byte[] connection)
    {
        var bodies = new SortedDictionary<int, MemoryStream>();
        var at = connection.AsSpan().StartsWith("PRI * HTTP/2.0"u8) ? 24 : 0;
        while (at + 9 <= connection.Length)
        {
            var length = (connection[at] << 16) | (connection[at + 1] << 8) | connection[at + 2];
            if (at + 9 + length > connection.Length) break;
            var stream = ((connection[at + 5] & 0x7F) << 24) | (connection[at + 6] << 16) | (connection[at + 7] << 8) | connection[at + 8];
            if (connection[at + 3] == 0)
            {
                if (!bodies.TryGetValue(stream, out var body)) bodies[stream] = body = new MemoryStream();
                body.Write(connection, at + 9, length);
            }
            at += 9 + length;
        }
        return [.. bodies.Values.SelectMany(b => b.ToArray())];
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Carry(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Carry(TcpClient below)
    {
        var (address, upper, lower) = _ends();
        using var client = below;
        using var above = new TcpClient();
        try
        {
            var held = await upper.Services.GetRequiredService<Authority>().Get(_end.Token);
            await using var down = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
            await down.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = held.Listener, ClientCertificateRequired = true, ApplicationProtocols = [SslApplicationProtocol.Http2], EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, _end.Token);
            // Whoever joins shows no certificate yet; the one of a member is known to this host as well.
            var own = down.RemoteCertificate is null ? null : (await lower.Services.GetRequiredService<Membership>().Get(_end.Token))?.Certificate;
            await above.ConnectAsync(address, _end.Token);
            await using var up = new SslStream(above.GetStream(), false, (_, _, _, _) => true);
            await up.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "operator", ApplicationProtocols = [SslApplicationProtocol.Http2], LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, _end.Token);
            var recorded = new MemoryStream();
            _recorded.Add(recorded);
            await Task.WhenAny(Pump(down, up, recorded), Pump(up, down, null));
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Pump(Stream from, Stream to, MemoryStream? recorded)
    {
        var part = new byte[16 * 1024];
        while (await from.ReadAsync(part, _end.Token) is var count and > 0)
        {
            if (recorded is not null)
                lock (recorded) recorded.Write(part, 0, count);
            await to.WriteAsync(part.AsMemory(0, count), _end.Token);
        }
    }
}
