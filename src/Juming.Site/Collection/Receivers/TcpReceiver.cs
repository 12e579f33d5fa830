using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Juming.Site.Collection.Sources;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Receivers;

/// <summary>Syslog over TCP or TLS, and line streams over unix sockets. Senders wait while the queue is full: nothing is dropped on these transports.</summary>
internal sealed partial class TcpReceiver(SourceRegister sources, LineGathererFactory gatherers, CollectionSettings settings, TimeProvider clock, ILogger<TcpReceiver> log)
{
    private int _connections;

    /// <summary>Open connections.</summary>
    public int Connections => _connections;

    /// <summary>Starts listening; the port is bound on return.</summary>
    /// <returns>The task of the loop and the bound endpoint.</returns>
    public (Task Loop, EndPoint Bound) Listen(EndPoint endpoint, X509Certificate2? certificate, CancellationToken ct)
    {
        var listener = endpoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint is UnixDomainSocketEndPoint unix) File.Delete(unix.ToString());
        listener.Bind(endpoint);
        listener.Listen(512);
        return (Accept(listener, certificate, ct), listener.LocalEndPoint!);
    }

    private async Task Accept(Socket listener, X509Certificate2? certificate, CancellationToken ct)
    {
        using var _ = listener;
        var open = new HashSet<Task>();
        while (!ct.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(ct);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException e)
            {
                LogAccept(log, e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(200), clock, CancellationToken.None);
                continue;
            }
            if (_connections >= settings.MaxConnections)
            {
                LogTooMany(log, settings.MaxConnections);
                socket.Dispose();
                continue;
            }
            open.RemoveWhere(t => t.IsCompleted);
            open.Add(Task.Run(() => Serve(socket, certificate, ct), CancellationToken.None));
        }
        await Task.WhenAll(open);
    }

    private async Task Serve(Socket socket, X509Certificate2? certificate, CancellationToken ct)
    {
        Interlocked.Increment(ref _connections);
        var (key, name) = KeyOf(socket);
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix) socket.ReceiveBufferSize = 1024 * 1024;
            await using var network = new NetworkStream(socket, ownsSocket: true);
            await using var stream = certificate is null ? network : await Secure(network, certificate, ct);
            await new StreamLines(gatherers.New(), settings, clock).Read(stream, sources.Get(key, name), ct);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            if (e is AuthenticationException) LogTls(log, name, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private static async Task<Stream> Secure(NetworkStream network, X509Certificate2 certificate, CancellationToken ct)
    {
        var tls = new SslStream(network);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, limit.Token);
        return tls;
    }

    private static (string Key, string Name) KeyOf(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix) return ("unix/" + socket.LocalEndPoint, socket.LocalEndPoint!.ToString()!);
        var address = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return ("syslog/" + address, address.ToString());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Accept failed: {Error}")]
    private static partial void LogAccept(ILogger log, SocketError error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection was refused: {Most} are open (Modules:Collection:MaxConnections)")]
    private static partial void LogTooMany(ILogger log, int most);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TLS with {Sender} failed: {Reason}")]
    private static partial void LogTls(ILogger log, string sender, string reason);
}
