using System.Net;
using System.Security.Authentication;

namespace Juming.Platform.Http;

/// <summary>
/// HTTP to other machines, at addresses that people entered or that came from outside: checked, bounded in size and time, without the environment's proxy,
/// without cookies, and without following anything by itself.
/// </summary>
/// <param name="connections">Checks where a call goes.</param>
/// <param name="settings">The administrator's networks and proxy.</param>
/// <param name="ledger">Writes down what leaves.</param>
public sealed class GuardedHttp(GuardedConnections connections, OutboundSettings settings, IOutboundLedger ledger) : IDisposable
{
    private const int MostRedirects = 3;

    private static readonly HttpRequestOptionsKey<IReadOnlyList<IPAddress>> Checked = new("checked");

    // Apart: a connection into an inner network must not be found in the pool by a call that may only go outside.
    private readonly Dictionary<Destinations, HttpMessageInvoker> _http = Enum.GetValues<Destinations>().ToDictionary(d => d, _ => new HttpMessageInvoker(Handler(settings)));

    /// <summary>Calls.</summary>
    /// <exception cref="CallFailedException">It may not be called, or nothing whole came back.</exception>
    public async Task<GuardedAnswer> Send(GuardedCall call, Reach reach, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(reach.Within);
        var host = call.Address.IsAbsoluteUri ? GuardedConnections.Shown(call.Address.Host, call.Address.Port) : "?";
        try
        {
            return await Follow(call, reach, limit.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new CallFailedException(CallFailure.TimedOut, host, $"no whole answer within {reach.Within.TotalSeconds:0} seconds", e);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as CallFailedException ?? new CallFailedException(KindOf(e), host, (e.InnerException ?? e).Message, e);
        }
        catch (Exception e) when (e is IOException and not CallFailedException)
        {
            throw new CallFailedException(CallFailure.Broken, host, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var http in _http.Values) http.Dispose();
    }

    private async Task<GuardedAnswer> Follow(GuardedCall call, Reach reach, CancellationToken ct)
    {
        for (var left = Math.Min(MostRedirects, reach.MostRedirects); ; left--)
        {
            var addresses = await Destination(call.Address, reach, ct);
            using var request = Request(call, addresses);
            await Enter(call, reach, addresses, ct);
            using var answer = await _http[reach.Destinations].SendAsync(request, ct);
            if ((int)answer.StatusCode is < 301 or > 308 || answer.Headers.Location is not { } location || reach.MostRedirects == 0 || call.Body is not null)
                return await Answer(answer, call, reach, ct);
            if (left == 0) throw new CallFailedException(CallFailure.RedirectRefused, Shown(call.Address), "it redirects too often");
            call = Redirected(call, location);
        }
    }

    private static GuardedCall Redirected(GuardedCall call, Uri location)
    {
        var next = location.IsAbsoluteUri ? location : new Uri(call.Address, location);
        if (next.Scheme != "https" && next.Scheme != call.Address.Scheme) throw new CallFailedException(CallFailure.RedirectRefused, Shown(call.Address), $"it redirects to {next.Scheme}:");
        // What was meant for one host must not reach another.
        return call with { Address = next, Headers = next.Authority == call.Address.Authority ? call.Headers : null };
    }

    private async Task<IReadOnlyList<IPAddress>> Destination(Uri address, Reach reach, CancellationToken ct)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) throw new CallFailedException(CallFailure.AddressRefused, address.IsAbsoluteUri ? address.Scheme + ":" : "?", "only https (and http inside) is called");
        if (address.UserInfo.Length > 0) throw new CallFailedException(CallFailure.AddressRefused, Shown(address), "an address with a name or password in it is not called");
        var addresses = await Addresses(address, reach, ct);
        if (address.Scheme == "http" && !(reach.Destinations == Destinations.Configured && connections.AreNamed(addresses)))
            throw new CallFailedException(CallFailure.AddressRefused, Shown(address), "plain http goes only into Outbound:AllowedNetworks");
        return addresses;
    }

    private async Task Enter(GuardedCall call, Reach reach, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        var place = settings.Proxy.Length > 0 ? OutboundPlace.Proxy : GuardedConnections.PlaceOf(addresses);
        var about = reach.HidesAddress ? call.Method.Method : call.Method.Method + " " + call.Address.PathAndQuery;
        await ledger.EnterOrFail(new OutboundEntry(false, reach.Sender, Shown(call.Address), place, about, call.Address.PathAndQuery.Length + (call.Body?.Length ?? 0), call.Body, call.Kept is { } kept ? new ReadOnlyMemory<byte>(kept) : (ReadOnlyMemory<byte>?)null), ct);
    }

    private HttpRequestMessage Request(GuardedCall call, IReadOnlyList<IPAddress> addresses)
    {
        var address = call.Address;
        var request = new HttpRequestMessage(call.Method, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (settings.Proxy.Length == 0) request.Options.Set(Checked, addresses);
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>()) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async Task<IReadOnlyList<IPAddress>> Addresses(Uri address, Reach reach, CancellationToken ct)
    {
        try
        {
            return await connections.Check(address.IdnHost, address.Port, reach, ct);
        }
        catch (CallFailedException e) when (e.Failure == CallFailure.NameUnknown && settings.Proxy.Length > 0 && address.Scheme == "https")
        {
            // Behind a proxy the site may know inner names only; what it does not know is none of them.
            return [];
        }
    }

    private static async Task<GuardedAnswer> Answer(HttpResponseMessage answer, GuardedCall call, Reach reach, CancellationToken ct)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => string.Join(", ", g.SelectMany(h => h.Value)), StringComparer.OrdinalIgnoreCase);
        if (call.Into is { } into && answer.StatusCode == HttpStatusCode.OK)
            return new GuardedAnswer((int)answer.StatusCode, [], RetryAfter(answer)) { Headers = headers, Length = await Read(answer, call.Address, reach.MostBytes, into, ct) };
        using var whole = new MemoryStream();
        await Read(answer, call.Address, reach.MostBytes, whole, ct);
        return new GuardedAnswer((int)answer.StatusCode, whole.ToArray(), RetryAfter(answer)) { Headers = headers };
    }

    private static async Task<long> Read(HttpResponseMessage answer, Uri address, int most, Stream into, CancellationToken ct)
    {
        var length = 0L;
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var part = new byte[16 * 1024];
        while (await body.ReadAsync(part, ct) is var count and > 0)
        {
            length += count;
            if (length > most) throw new CallFailedException(CallFailure.TooLarge, Shown(address), $"more than {most} bytes came");
            await into.WriteAsync(part.AsMemory(0, count), ct);
        }
        return length;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date is { } date && answer.Headers.Date is { } now ? date - now : null);

    private static CallFailure KindOf(HttpRequestException e) =>
        e.InnerException is AuthenticationException || e.HttpRequestError == HttpRequestError.SecureConnectionError ? CallFailure.Tls : CallFailure.Broken;

    private static string Shown(Uri address) => GuardedConnections.Shown(address.Host, address.Port);

    private static SocketsHttpHandler Handler(OutboundSettings settings) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = settings.Proxy.Length > 0,
        Proxy = settings.Proxy.Length > 0 ? new WebProxy(settings.Proxy) : null,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 32,
        MaxConnectionsPerServer = 8,
        // A connection is as old as the look-up that allowed it.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = async (context, ct) =>
        {
            var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            // Without checked addresses it is the way to the proxy, which the administrator named.
            var addresses = context.InitialRequestMessage.Options.TryGetValue(Checked, out var found) ? found : await new SystemNames().Find(host, ct);
            return await GuardedConnections.Connect(host, port, addresses, ct);
        },
    };
}
