using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Juming.Testing.Farm;

/// <summary>
/// A door that speaks TLS 1.0 and 1.1 only, before a plain web server. .NET leaves the security level as the system has it, which forbids
/// these versions, so that OpenSSL is asked directly.
/// </summary>
internal sealed partial class LegacyTls : IAsyncDisposable
{
    private const string Ssl = "libssl.so.3";
    private readonly TcpListener _listener;
    private readonly Func<X509Certificate2> _make;
    private readonly int _inner;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly Thread _door;
    private nint _context;
    private volatile bool _stopped;

    public LegacyTls(Func<X509Certificate2> make, int port, int inner)
    {
        _make = make;
        _inner = inner;
        _context = NewContext();
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _door = new Thread(Accept) { IsBackground = true, Name = "old TLS" };
        _door.Start();
    }

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Ssl, out _);

    public int Port { get; }

    public void ReplaceCertificate()
    {
        var fresh = NewContext();
        // Sessions in hand keep the old one alive by OpenSSL's own count.
        lock (_gate) (_context, fresh) = (fresh, _context);
        SSL_CTX_free(fresh);
    }

    public ValueTask DisposeAsync()
    {
        _stopped = true;
        _listener.Stop();
        lock (_gate)
        {
            foreach (var socket in _open) socket.Close();
            SSL_CTX_free(_context);
            _context = 0;
        }
        return ValueTask.CompletedTask;
    }

    private nint NewContext()
    {
        using var certificate = _make();
        using var key = certificate.GetRSAPrivateKey()!;
        var (leaf, secret) = (certificate.RawData, key.ExportRSAPrivateKey());
        var context = SSL_CTX_new(TLS_server_method());
        const int minimum = 123, maximum = 124, tls10 = 0x0301, tls11 = 0x0302, rsa = 6;
        SSL_CTX_ctrl(context, minimum, tls10, 0);
        SSL_CTX_ctrl(context, maximum, tls11, 0);
        if (SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") != 1 || SSL_CTX_use_certificate_ASN1(context, leaf.Length, leaf) != 1 || SSL_CTX_use_PrivateKey_ASN1(rsa, context, secret, secret.Length) != 1)
            throw new CryptographicException("OpenSSL does not take the certificate or the old ciphers.");
        return context;
    }

    private void Accept()
    {
        while (!_stopped)
        {
            try
            {
                var client = _listener.AcceptSocket();
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
            catch (SocketException)
            {
                // Stopped, or a caller that left before it was answered.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Serve(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nint ssl;
        lock (_gate)
        {
            if (_stopped) return;
            _open.Add(client);
            ssl = SSL_new(_context);
        }
        try
        {
            _ = SSL_set_fd(ssl, (int)client.Handle);
            if (SSL_accept(ssl) != 1) return;
            server.Connect(IPAddress.Loopback, _inner);
            while (Relay(ssl, client, server))
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone; so is the connection.
        }
        finally
        {
            SSL_free(ssl);
            lock (_gate) _open.Remove(client);
            client.Dispose();
        }
    }

    private bool Relay(nint ssl, Socket client, Socket server)
    {
        var buffer = new byte[16384];
        List<Socket> ready = [client, server];
        if (SSL_pending(ssl) == 0) Socket.Select(ready, null, null, 500_000);
        if (SSL_pending(ssl) > 0 || ready.Contains(client))
        {
            var read = SSL_read(ssl, buffer, buffer.Length);
            if (read <= 0) return false;
            server.Send(buffer.AsSpan(0, read));
        }
        if (ready.Contains(server) && server.Poll(0, SelectMode.SelectRead))
        {
            var read = server.Receive(buffer);
            if (read == 0 || SSL_write(ssl, buffer, read) != read) return false;
        }
        return !_stopped;
    }

    [LibraryImport(Ssl)] private static partial nint TLS_server_method();

    [LibraryImport(Ssl)] private static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)] private static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)] private static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)] private static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Ssl)] private static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte[] data);

    [LibraryImport(Ssl)] private static partial int SSL_CTX_use_PrivateKey_ASN1(int kind, nint context, byte[] data, nint length);

    [LibraryImport(Ssl)] private static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)] private static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)] private static partial int SSL_set_fd(nint ssl, int descriptor);

    [LibraryImport(Ssl)] private static partial int SSL_accept(nint ssl);

    [LibraryImport(Ssl)] private static partial int SSL_pending(nint ssl);

    [LibraryImport(Ssl)] private static partial int SSL_read(nint ssl, byte[] buffer, int length);

    [LibraryImport(Ssl)] private static partial int SSL_write(nint ssl, byte[] buffer, int length);
}
