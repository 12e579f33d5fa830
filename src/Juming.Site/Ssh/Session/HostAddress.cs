using System.Net;
using System.Net.Sockets;
using Juming.Platform.Http;

namespace Juming.Site.Ssh.Session;

/// <summary>Tells which addresses a host can have. What a name leads to is checked at each connection: names move.</summary>
internal static class HostAddress
{
    private const int LongestName = 253;

    /// <summary>The address in its one form, or the name; null when it is neither.</summary>
    public static string? Read(string typed)
    {
        var text = typed.Trim();
        if (IPAddress.TryParse(text.Trim('[', ']'), out var literal))
        {
            // Short, octal and other notations of IPv4 are read differently from tool to tool.
            return literal.AddressFamily == AddressFamily.InterNetwork && literal.ToString() != text ? null : AddressRules.Plain(literal).ToString();
        }
        var isName = text.Length is > 0 and <= LongestName && Uri.CheckHostName(text) == UriHostNameType.Dns && !text.All(l => char.IsAsciiDigit(l) || l == '.') && text.All(char.IsAscii);
        return isName ? text.ToLowerInvariant() : null;
    }

    /// <summary>False for what is no machine's address, for link-local services and, unless allowed, for this machine itself.</summary>
    public static bool MayBe(IPAddress address, SshSettings settings) =>
        AddressRules.Allows(address, Destinations.FromSettings, []) && (settings.AllowThisMachine || !AddressRules.IsThisMachine(address));

    /// <summary>The address to connect to: resolved once and checked, so that nothing else is connected to. Empty when the name has none, null when one of them can't be a host's.</summary>
    public static async Task<IReadOnlyList<IPAddress>?> Resolve(string host, SshSettings settings, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal)) return MayBe(literal, settings) ? [literal] : null;
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, ct);
            return found.All(a => MayBe(a, settings)) ? found : null;
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
