using System.Net;
using System.Net.Sockets;

namespace Juming.Platform.Http;

/// <summary>Finds the addresses of a name.</summary>
public interface INameLookup
{
    /// <summary>All addresses; none when there is no such name.</summary>
    Task<IReadOnlyList<IPAddress>> Find(string name, CancellationToken ct);
}

/// <summary>Asks the machine's resolver.</summary>
internal sealed class SystemNames : INameLookup
{
    public async Task<IReadOnlyList<IPAddress>> Find(string name, CancellationToken ct)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, ct);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}

/// <summary>
/// Opens connections to other machines. A name is looked up once, every address that comes is checked, and the connection goes to one of those checked: a
/// name that answers otherwise a moment later gains nothing.
/// </summary>
public sealed class GuardedConnections(INameLookup names, OutboundSettings settings)
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<IPNetwork> _networks = settings.Networks();

    /// <summary>Connects to host and port.</summary>
    /// <exception cref="CallFailedException">It may not be called, or can't be reached.</exception>
    public async Task<Stream> Open(string host, int port, Reach reach, CancellationToken ct) => await Connect(host, port, await Check(host, port, reach, ct), ct);

    /// <summary>The addresses of a host, all of which may be called.</summary>
    /// <exception cref="CallFailedException">One of them may not be, or there is none.</exception>
    public async Task<IReadOnlyList<IPAddress>> Check(string host, int port, Reach reach, CancellationToken ct)
    {
        var shown = Shown(host, port);
        if (port is < 1 or > 65535 || (reach.Ports.Count > 0 && !reach.Ports.Contains(port))) throw new CallFailedException(CallFailure.AddressRefused, shown, "this port is not allowed");
        var addresses = await Find(host, ct);
        if (addresses.Count == 0) throw new CallFailedException(CallFailure.NameUnknown, shown, "the name has no address");
        foreach (var address in addresses)
            if (!AddressRules.Allows(address, reach.Destinations, _networks))
                throw new CallFailedException(CallFailure.DestinationRefused, shown, $"{AddressRules.Plain(address)} is not a public address" + (reach.Destinations == Destinations.Configured ? " and not in Outbound:AllowedNetworks" : ""));
        return addresses;
    }

    /// <summary>True when all of these lie in networks that the administrator named.</summary>
    public bool AreNamed(IReadOnlyList<IPAddress> addresses) => addresses.All(a => AddressRules.Within(a, _networks));

    /// <summary>Connects to one of these addresses, in their order.</summary>
    /// <exception cref="CallFailedException">None accepts.</exception>
    public static async Task<Stream> Connect(string host, int port, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LongestConnect);
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                socket.Dispose();
                last = e;
            }
        }
        throw new CallFailedException(last is OperationCanceledException ? CallFailure.TimedOut : CallFailure.Unreachable, Shown(host, port), last is SocketException s ? s.SocketErrorCode.ToString() : "no answer", last);
    }

    /// <summary>Where these addresses are.</summary>
    public static OutboundPlace PlaceOf(IReadOnlyList<IPAddress> addresses) => addresses.Count > 0 && addresses.All(a => !AddressRules.IsPublic(a)) ? OutboundPlace.Inside : OutboundPlace.Outside;

    /// <summary>Host and port as people read them.</summary>
    public static string Shown(string host, int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host)}:{port}");

    private async Task<IReadOnlyList<IPAddress>> Find(string host, CancellationToken ct) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await names.Find(host, ct);
}
