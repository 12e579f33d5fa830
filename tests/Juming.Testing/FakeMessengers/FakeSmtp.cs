using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Juming.Testing.FakeMessengers;

/// <summary>A mail server on a real port that keeps what it takes: STARTTLS or TLS from the start, AUTH, and refusals at each step.</summary>
public sealed class FakeSmtp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly Task _accepting;

    /// <summary>Starts.</summary>
    public FakeSmtp()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>SHA-256 of its certificate.</summary>
    public string Fingerprint => _certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>TLS from the first byte.</summary>
    public bool Implicit { get; set; }

    /// <summary>STARTTLS is offered.</summary>
    public bool OffersTls { get; set; } = true;

    /// <summary>"user\npassword" that is taken; null takes mail from anybody.</summary>
    public string? Login { get; set; }

    /// <summary>Answers instead of its own, by the verb they answer: "RCPT" to "550 no such user"; "drop" cuts the connection.</summary>
    public ConcurrentDictionary<string, string> Answers { get; } = new();

    /// <summary>Mails that were taken, raw.</summary>
    public ConcurrentQueue<FakeMail> Mails { get; } = new();

    /// <summary>Lines that came while the connection was not encrypted.</summary>
    public ConcurrentQueue<string> Clear { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (Implicit) stream = await Encrypt(stream);
                await new Session(this, stream, Implicit).Talk();
            }
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            return;
        }
    }

    private async Task<Stream> Encrypt(Stream plain)
    {
        var tls = new SslStream(plain);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return tls;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var made = new CertificateRequest("CN=mail.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>One connection.</summary>
    private sealed class Session(FakeSmtp server, Stream stream, bool encrypted)
    {
        private readonly List<string> _to = [];
        private Stream _stream = stream;
        private bool _encrypted = encrypted;
        private string _from = "";

        public async Task Talk()
        {
            await Say("220 mail.test ESMTP");
            while (await Line() is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (server.Answers.TryGetValue(verb, out var answer))
                {
                    if (answer == "drop") return;
                    await Say(answer);
                }
                else if (!await Do(verb, line)) return;
            }
        }

        private async Task<bool> Do(string verb, string line)
        {
            switch (verb)
            {
                case "EHLO":
                    await Say("250-mail.test");
                    if (server.OffersTls && !_encrypted) await Say("250-STARTTLS");
                    if (server.Login is not null) await Say("250-AUTH PLAIN LOGIN");
                    await Say("250 8BITMIME");
                    break;
                case "STARTTLS":
                    await Say("220 go ahead");
                    (_stream, _encrypted) = (await server.Encrypt(_stream), true);
                    break;
                case "AUTH":
                    await Say(await SignIn(line) ? "235 welcome" : "535 authentication failed");
                    break;
                case "MAIL":
                    _from = line;
                    await Say("250 ok");
                    break;
                case "RCPT":
                    _to.Add(line[(line.IndexOf('<') + 1)..line.IndexOf('>')]);
                    await Say("250 ok");
                    break;
                case "DATA":
                    await Say("354 go on");
                    var text = await Data();
                    if (server.Answers.TryGetValue("END", out var end))
                    {
                        if (end == "take and drop") server.Mails.Enqueue(new FakeMail(_from, [.. _to], text));
                        if (end.EndsWith("drop", StringComparison.Ordinal)) return false;
                        await Say(end);
                        break;
                    }
                    server.Mails.Enqueue(new FakeMail(_from, [.. _to], text));
                    await Say("250 queued as 7");
                    break;
                case "QUIT":
                    await Say("221 bye");
                    return false;
                default:
                    await Say("250 ok");
                    break;
            }
            return true;
        }

        private async Task<bool> SignIn(string line)
        {
            var parts = line.Split(' ');
            if (parts[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
            {
                if (parts.Length < 3) await Say("334 ");
                var plain = Encoding.UTF8.GetString(Convert.FromBase64String(parts.Length < 3 ? (await Line())! : parts[2])).Split('\0');
                return $"{plain[1]}\n{plain[2]}" == server.Login;
            }
            await Say("334 VXNlcm5hbWU6");
            var user = Encoding.UTF8.GetString(Convert.FromBase64String((await Line())!));
            await Say("334 UGFzc3dvcmQ6");
            return $"{user}\n{Encoding.UTF8.GetString(Convert.FromBase64String((await Line())!))}" == server.Login;
        }

        private async Task<string> Data()
        {
            var text = new StringBuilder();
            while (await Line() is { } line && line != ".") text.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");
            return text.ToString();
        }

        private async Task<string?> Line()
        {
            var bytes = new List<byte>();
            var one = new byte[1];
            while (await _stream.ReadAsync(one, server._stop.Token) == 1)
            {
                if (one[0] != '\n')
                {
                    bytes.Add(one[0]);
                    continue;
                }
                var line = Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
                if (!_encrypted) server.Clear.Enqueue(line);
                return line;
            }
            return null;
        }

        private async Task Say(string line) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), server._stop.Token);
    }
}

/// <summary>A mail that was taken.</summary>
public sealed record FakeMail(string From, IReadOnlyList<string> To, string Raw);
