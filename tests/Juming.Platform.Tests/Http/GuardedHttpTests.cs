using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Http;
using NUnit.Framework;

namespace Juming.Platform.Tests.Http;

/// <summary>Where outbound calls may not go, however the address is written, and what becomes of answers that harm.</summary>
[Category("X7")]
public sealed class GuardedHttpTests
{
    private static readonly Reach Public = new(Destinations.PublicOnly);
    private static readonly Reach Configured = new(Destinations.Configured) { Within = TimeSpan.FromSeconds(3) };

    [TestCase("https://0x7f.1/")]
    [TestCase("https://[::ffff:127.0.0.1]/")]
    [TestCase("https://[::ffff:7f00:1]/")]
    [TestCase("https://127.1/")]
    [TestCase("https://2130706433/")]
    [TestCase("https://017700000001/")]
    [TestCase("https://127.0.0.1./")]
    [TestCase("https://localhost/")]
    [TestCase("https://10.0.0.1/")]
    [TestCase("https://172.31.255.255/")]
    [TestCase("https://192.168.1.1/")]
    [TestCase("https://100.64.0.1/")]
    [TestCase("https://169.254.169.254/latest/meta-data/")]
    [TestCase("https://100.100.100.200/")]
    [TestCase("https://0.0.0.0/")]
    [TestCase("https://255.255.255.255/")]
    [TestCase("https://224.0.0.1/")]
    [TestCase("https://203.0.113.7/")]
    [TestCase("https://[::1]/")]
    [TestCase("https://[::]/")]
    [TestCase("https://[::127.0.0.1]/")]
    [TestCase("https://[fe80::1]/")]
    [TestCase("https://[fd00:ec2::254]/")]
    [TestCase("https://[64:ff9b::7f00:1]/")]
    [TestCase("https://[2002:7f00:1::]/")]
    [TestCase("https://[2001:0:7f00:1::]/")]
    [TestCase("https://[2001:db8::1]/")]
    public async Task An_inner_address_is_refused_in_every_notation(string address) =>
        Assert.That(await Failure(new OutboundSettings(), address, Public), Is.EqualTo(CallFailure.DestinationRefused));

    [TestCase("http://example.com/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("ftp://example.com/")]
    [TestCase("gopher://example.com/")]
    [TestCase("https://user:word@example.com/")]
    public async Task Only_plain_https_addresses_are_called_outside(string address) =>
        Assert.That(await Failure(new OutboundSettings(), address, Public, ("example.com", ["93.184.215.14"])), Is.EqualTo(CallFailure.AddressRefused));

    [Test]
    public async Task One_inner_address_among_public_ones_refuses_the_name() =>
        Assert.That(await Failure(new OutboundSettings(), "https://mixed.example/", Public, ("mixed.example", ["93.184.215.14", "10.0.0.1"])), Is.EqualTo(CallFailure.DestinationRefused));

    [Test]
    public async Task A_port_that_is_not_listed_is_refused() =>
        Assert.That(await Failure(new OutboundSettings(), "https://example.com:22/", Public with { Ports = [443] }, ("example.com", ["93.184.215.14"])), Is.EqualTo(CallFailure.AddressRefused));

    [Test]
    public async Task A_name_that_answers_otherwise_each_time_is_looked_up_once_for_a_connection()
    {
        using var server = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        // First the network that may be called, then this machine's metadata service.
        var names = new Alternating("127.0.0.1", "169.254.169.254");
        using var http = Http(new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] }, names);
        var first = await http.Send(new GuardedCall(HttpMethod.Get, new Uri($"http://rebind.example:{server.Port}/")), Configured, CancellationToken.None);
        Assert.That((first.Status, names.Asked), Is.EqualTo((200, 1)));
        var second = Assert.ThrowsAsync<CallFailedException>(() => http.Send(new GuardedCall(HttpMethod.Get, new Uri($"http://rebind.example:{server.Port}/")), Configured, CancellationToken.None));
        Assert.That(second!.Failure, Is.EqualTo(CallFailure.DestinationRefused));
    }

    [Test]
    public async Task A_named_network_is_reached_by_calls_to_configured_endpoints_only()
    {
        using var server = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var settings = new OutboundSettings { AllowedNetworks = ["127.0.0.0/8"] };
        var address = $"http://127.0.0.1:{server.Port}/x?key=1";
        using var http = Http(settings);
        Assert.That(Encoding.ASCII.GetString((await http.Send(new GuardedCall(HttpMethod.Get, new Uri(address)), Configured, CancellationToken.None)).Body), Is.EqualTo("ok"));
        Assert.That(await Failure(settings, address, Public), Is.EqualTo(CallFailure.DestinationRefused));
        Assert.That(await Failure(new OutboundSettings(), address, Configured), Is.EqualTo(CallFailure.DestinationRefused));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Metadata_and_link_local_are_refused_even_when_a_network_that_holds_them_is_named()
    {
        var settings = new OutboundSettings { AllowedNetworks = ["0.0.0.0/0", "::/0"] };
        foreach (var address in new[] { "https://169.254.169.254/", "https://[::ffff:169.254.169.254]/", "https://[fe80::1]/", "https://100.100.100.200/", "https://224.0.0.1/", "https://[fd00:ec2::254]/" })
            Assert.That(await Failure(settings, address, Configured), Is.EqualTo(CallFailure.DestinationRefused), address);
    }

    [TestCase("http://169.254.169.254/latest/", CallFailure.DestinationRefused)]
    [TestCase("https://10.9.8.7/", CallFailure.DestinationRefused)]
    [TestCase("file:///etc/passwd", CallFailure.RedirectRefused)]
    [TestCase("gopher://127.0.0.1/", CallFailure.RedirectRefused)]
    [TestCase("//0x7f.2:1/", CallFailure.DestinationRefused)]
    public async Task A_redirect_is_checked_like_the_call(string location, CallFailure failure)
    {
        using var server = new Answering($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        Assert.That(await Failure(new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] }, $"http://127.0.0.1:{server.Port}/", Configured with { MostRedirects = 3 }), Is.EqualTo(failure));
    }

    [Test]
    public async Task Redirects_are_followed_three_times_at_most_and_not_at_all_with_a_body()
    {
        using var server = new Answering("HTTP/1.1 307 Temporary Redirect\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
        var settings = new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] };
        Assert.That(await Failure(settings, $"http://127.0.0.1:{server.Port}/", Configured with { MostRedirects = 9 }), Is.EqualTo(CallFailure.RedirectRefused));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
        using var http = Http(settings);
        var answer = await http.Send(new GuardedCall(HttpMethod.Post, new Uri($"http://127.0.0.1:{server.Port}/"), [1]), Configured with { MostRedirects = 3 }, CancellationToken.None);
        Assert.That((answer.Status, server.Requests.Count), Is.EqualTo((307, 5)));
    }

    [Test]
    public async Task What_was_meant_for_one_host_does_not_follow_a_redirect_to_another()
    {
        using var second = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var first = new Answering($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{second.Port}/\r\nContent-Length: 0\r\n\r\n");
        using var http = Http(new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] });
        await http.Send(new GuardedCall(HttpMethod.Get, new Uri($"http://127.0.0.1:{first.Port}/"), Headers: new Dictionary<string, string> { ["X-Key"] = "k-1" }), Configured with { MostRedirects = 1 }, CancellationToken.None);
        Assert.That(first.Requests[0], Does.Contain("X-Key: k-1"));
        Assert.That(second.Requests[0], Does.Not.Contain("k-1"));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", true, CallFailure.TooLarge)]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", true, CallFailure.TooLarge)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false, CallFailure.Broken)]
    [TestCase("nonsense\r\n\r\n", false, CallFailure.Broken)]
    [TestCase("", false, CallFailure.Broken)]
    public async Task An_answer_without_end_or_sense_is_bounded(string head, bool endless, CallFailure failure)
    {
        using var server = new Answering(head, endless);
        Assert.That(await Failure(new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] }, $"http://127.0.0.1:{server.Port}/", Configured), Is.EqualTo(failure));
    }

    [Test]
    public async Task A_server_that_says_nothing_and_one_that_is_not_there_are_told_apart()
    {
        using var silent = new Answering(null);
        var settings = new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] };
        Assert.That(await Failure(settings, $"http://127.0.0.1:{silent.Port}/", Configured with { Within = TimeSpan.FromMilliseconds(300) }), Is.EqualTo(CallFailure.TimedOut));
        Assert.That(await Failure(settings, $"https://127.0.0.1:{silent.Port}/", Configured with { Within = TimeSpan.FromMilliseconds(300) }), Is.EqualTo(CallFailure.TimedOut));
        silent.Dispose();
        Assert.That(await Failure(settings, $"http://127.0.0.1:{silent.Port}/", Configured), Is.EqualTo(CallFailure.Unreachable));
        Assert.That(await Failure(settings, "https://no-such.example/", Configured), Is.EqualTo(CallFailure.NameUnknown));
    }

    [Test]
    public async Task The_environments_proxy_is_not_used_and_the_configured_one_is()
    {
        using var server = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect");
        using var proxy = new Answering("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied");
        Environment.SetEnvironmentVariable("http_proxy", $"http://127.0.0.1:{proxy.Port}");
        try
        {
            using var plain = Http(new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] });
            Assert.That((await plain.Send(new GuardedCall(HttpMethod.Get, new Uri($"http://127.0.0.1:{server.Port}/")), Configured, CancellationToken.None)).Body, Has.Length.EqualTo(6));
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
        }
        var through = new OutboundSettings { AllowedNetworks = ["10.1.0.0/16"], Proxy = $"http://127.0.0.1:{proxy.Port}" };
        using var http = Http(through);
        Assert.That((await http.Send(new GuardedCall(HttpMethod.Get, new Uri("http://10.1.2.3/")), Configured, CancellationToken.None)).Body, Has.Length.EqualTo(7));
        Assert.That(await Failure(through, "https://10.2.0.1/", Configured), Is.EqualTo(CallFailure.DestinationRefused), "a proxy is no way round");
    }

    [Test]
    public void What_leaves_is_entered_first_and_what_cannot_be_entered_does_not_leave()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var settings = new OutboundSettings { AllowedNetworks = ["127.0.0.1/32"] };
        var ledger = new FullLedger();
        using var http = new GuardedHttp(new GuardedConnections(new Known([]), settings), settings, ledger);
        var call = new GuardedCall(HttpMethod.Post, new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/a?user=anna"), "body"u8.ToArray());
        var failed = Assert.ThrowsAsync<CallFailedException>(() => http.Send(call, Configured with { Sender = "response" }, CancellationToken.None));
        Assert.Multiple(() =>
        {
            Assert.That(failed!.Failure, Is.EqualTo(CallFailure.NotRecorded));
            Assert.That(server.Pending(), Is.False, "nobody was called");
            Assert.That((ledger.Last!.Sender, ledger.Last.About, ledger.Last.Place, ledger.Last.Bytes), Is.EqualTo(("response", "POST /a?user=anna", OutboundPlace.Inside, 16L)));
            Assert.That(ledger.Last.Kept, Is.Null);
        });
        Assert.ThrowsAsync<CallFailedException>(() => http.Send(call, Configured with { HidesAddress = true }, CancellationToken.None));
        Assert.That(ledger.Last!.About, Is.EqualTo("POST"), "keys stand in some addresses");
    }

    [Test]
    public void A_failure_names_host_and_port_and_never_the_rest_of_the_address()
    {
        using var http = Http(new OutboundSettings());
        var failed = Assert.ThrowsAsync<CallFailedException>(() => http.Send(new GuardedCall(HttpMethod.Get, new Uri("https://10.0.0.1/cgi-bin/send?key=s3cret")), Public, CancellationToken.None));
        Assert.That(failed!.ToString(), Does.Contain("10.0.0.1:443").And.Not.Contain("s3cret").And.Not.Contain("cgi-bin"));
    }

    private static GuardedHttp Http(OutboundSettings settings, INameLookup? names = null) => new(new GuardedConnections(names ?? new Known([]), settings), settings, new NothingWritten());

    private static async Task<CallFailure?> Failure(OutboundSettings settings, string address, Reach reach, params (string Name, string[] Addresses)[] names)
    {
        using var http = Http(settings, new Known(names.ToDictionary(n => n.Name, n => n.Addresses)));
        try
        {
            await http.Send(new GuardedCall(HttpMethod.Get, new Uri(address)), reach, CancellationToken.None);
            return null;
        }
        catch (CallFailedException e)
        {
            return e.Failure;
        }
    }

    /// <summary>The ledger has tests of its own.</summary>
    private sealed class NothingWritten : IOutboundLedger
    {
        public Task Enter(OutboundEntry entry, CancellationToken ct) => Task.CompletedTask;
    }

    /// <summary>A ledger whose database is away.</summary>
    private sealed class FullLedger : IOutboundLedger
    {
        public OutboundEntry? Last { get; private set; }

        public Task Enter(OutboundEntry entry, CancellationToken ct)
        {
            Last = entry;
            throw new TimeoutException("away");
        }
    }

    private sealed class Known(Dictionary<string, string[]> names) : INameLookup
    {
        public Task<IReadOnlyList<IPAddress>> Find(string name, CancellationToken ct) => Task.FromResult<IReadOnlyList<IPAddress>>(
            name is "localhost" ? [IPAddress.Loopback] : name is "127.0.0.1." ? [IPAddress.Loopback] : [.. (names.GetValueOrDefault(name) ?? []).Select(IPAddress.Parse)]);
    }

    private sealed class Alternating(params string[] addresses) : INameLookup
    {
        public int Asked { get; private set; }

        public Task<IReadOnlyList<IPAddress>> Find(string name, CancellationToken ct) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse(addresses[Asked++ % addresses.Length])]);
    }

    /// <summary>A server that answers every request with the same bytes, goes on for ever, or says nothing.</summary>
    private sealed class Answering : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _clients = [];

        public Answering(string? answer, bool endless = false)
        {
            _listener.Start();
            _ = Accept(answer, endless);
        }

        public int Port => field == 0 ? field = ((IPEndPoint)_listener.LocalEndpoint).Port : field;

        public List<string> Requests { get; } = [];

        public void Dispose()
        {
            _ = Port;
            _listener.Stop();
            lock (_clients)
                foreach (var client in _clients) client.Dispose();
        }

        private async Task Accept(string? answer, bool endless)
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
                lock (_clients) _clients.Add(client);
                if (answer is not null) _ = Serve(client, answer, endless);
            }
        }

        private async Task Serve(TcpClient client, string answer, bool endless)
        {
            try
            {
                using (client)
                {
                    var stream = client.GetStream();
                    var bytes = new byte[16 * 1024];
                    var count = await stream.ReadAsync(bytes);
                    lock (Requests) Requests.Add(Encoding.ASCII.GetString(bytes, 0, count));
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                    while (endless) await stream.WriteAsync(bytes);
                }
            }
            catch (IOException)
            {
                return;
            }
        }
    }
}
