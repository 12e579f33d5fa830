using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Juming.Site.Tests.Response;

/// <summary>An HTTP server on a real port that keeps what it was sent, byte for byte, and answers what the test says; null breaks the connection off.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    public PlainServer()
    {
        _listener.Start();
        _loop = Accept();
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    public Func<string, byte[]?> Answer { get; set; } = _ => Ok("{}");

    public string Origin => "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static byte[] Ok(string body) => With("200 OK", body);

    public static byte[] With(string status, string body, string headers = "") => Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _loop;
        _end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                while (await Read(client.GetStream()) is { } request)
                {
                    Requests.Enqueue(request);
                    if (Answer(request) is not { } answer) return;
                    await client.GetStream().WriteAsync(answer, _end.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The other side has gone.
            }
        }
    }

    private async Task<string?> Read(NetworkStream stream)
    {
        var whole = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (await stream.ReadAsync(one, _end.Token) == 0) return null;
            whole.Add(one[0]);
            var text = Encoding.Latin1.GetString([.. whole]);
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is not (var head and > 0)) continue;
            var length = text.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture) : 0;
            if (text.Length == head + 4 + length) return text;
        }
    }
}
