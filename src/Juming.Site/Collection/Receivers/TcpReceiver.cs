using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Juming.Platform.Modules;
using Juming.Site.Collection.Sources;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Receivers;

/// <summary>Syslog over TCP or TLS, and line streams over unix sockets. Senders wait while the queue is full: nothing is dropped on these transports.</summary>
internal sealed partial class TcpReceiver(SourceRegister sources, LineGathererFactory gatherers, CollectionSettings settings, TimeProvider clock, ILogger<TcpReceiver> log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _perSender = new(StringComparer.Ordinal);
    private int _connections;
    private long _refused;
    private long _refusedPerAddress;
    private long _nextLog;

    /// <summary>Open connections.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections refused since the start because too many were open.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections refused since the start because their address had too many.</summary>
    public long RefusedPerAddress => Interlocked.Read(ref _refusedPerAddress);

    /// <summary>Starts listening; the port is bound on return.</summary>
    /// <returns>The task of the loop and the bound endpoint.</returns>
    public (Task Loop, EndPoint Bound) Listen(EndPoint endpoint, X509Certificate2? certificate, CancellationToken ct)
    {
        var listener = endpoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint is UnixDomainSocketEndPoint unix) RemoveOld(unix.ToString());
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
            if (Admit(socket) is not { } sender)
            {
                socket.Dispose();
                continue;
            }
            open.RemoveWhere(t => t.IsCompleted);
            open.Add(Task.Run(() => Serve(socket, sender.Key, sender.Name, certificate, ct), CancellationToken.None));
        }
        await Task.WhenAll(open);
    }

    /// <summary>Takes a place for a connection, of all and of its address; null when there is none.</summary>
    private (string Key, string Name)? Admit(Socket socket)
    {
        (string Key, string Name) sender;
        try
        {
            sender = KeyOf(socket);
        }
        catch (SocketException)
        {
            // It was reset before it was accepted.
            return null;
        }
        lock (_gate)
        {
            ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_perSender, sender.Key, out _);
            var full = _connections >= settings.MaxConnections;
            if (full || (open >= settings.MaxConnectionsPerAddress && socket.AddressFamily != AddressFamily.Unix))
            {
                if (full) _refused++;
                else _refusedPerAddress++;
                if (open == 0) _perSender.Remove(sender.Key);
                if (Environment.TickCount64 < _nextLog) return null;
                _nextLog = Environment.TickCount64 + 60_000;
                LogTooMany(log, sender.Name, _refused, _refusedPerAddress);
                return null;
            }
            open++;
            _connections++;
            return sender;
        }
    }

    private void Release(string key)
    {
        lock (_gate)
        {
            _connections--;
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_perSender, key, out _) <= 0) _perSender.Remove(key);
        }
    }

    /// <summary>Only a socket that an earlier run left is removed; whatever else lies there is somebody's file.</summary>
    private static void RemoveOld(string path)
    {
        if (FileStatus.Of(path, follow: false) is not { } status) return;
        if (!status.IsSocket) throw new SettingsException("Modules:Collection:UnixSockets", $"'{path}' exists and is not a socket", "a path where nothing lies, such as /run/juming/eve.sock");
        File.Delete(path);
    }

    private async Task Serve(Socket socket, string key, string name, X509Certificate2? certificate, CancellationToken ct)
    {
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                socket.ReceiveBufferSize = 1024 * 1024;
                // A peer that lost its power never closes; probes free its place after some minutes.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 120);
            }
            await using var network = new NetworkStream(socket, ownsSocket: true);
            await using var stream = certificate is null ? network : await Secure(network, certificate, ct);
            await new StreamLines(gatherers.New(), settings, clock).Read(stream, sources.Get(key, name, proven: true), ct);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            if (e is AuthenticationException) LogTls(log, name, e.Message);
        }
        finally
        {
            Release(key);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection of {Sender} was refused; since the start {Refused} for want of room (MaxConnections) and {OfOneAddress} because their address had enough (MaxConnectionsPerAddress)")]
    private static partial void LogTooMany(ILogger log, string sender, long refused, long ofOneAddress);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TLS with {Sender} failed: {Reason}")]
    private static partial void LogTls(ILogger log, string sender, string reason);
}
