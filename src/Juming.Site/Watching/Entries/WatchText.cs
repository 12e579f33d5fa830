using System.Net;
using System.Net.Sockets;

namespace Juming.Site.Watching.Entries;

/// <summary>Brings values to the form in which they are compared.</summary>
internal static class WatchText
{
    private const int LongestHost = 253;
    private const int LongestAccount = 256;

    // Wider ones would mark half of the Internet, and a mark that stands everywhere tells nothing.
    private const int WidestV4 = 8;
    private const int WidestV6 = 16;

    public static string? Read(WatchKind kind, string? text) => text?.Trim() is not { Length: > 0 } value ? null : kind switch
    {
        WatchKind.Address => Address(value)?.ToString() ?? Network(value)?.ToString(),
        WatchKind.Host => Host(value),
        WatchKind.Account => Account(value),
        _ => null,
    };

    /// <summary>An address in its only form; nothing where dotted notation is left to guess ("10.1", "0x0a000001").</summary>
    public static IPAddress? Address(string text)
    {
        if (text.Length > 64 || text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address)) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return text.Contains(':', StringComparison.Ordinal) ? address : null;
        return text.Contains(':', StringComparison.Ordinal) || address.ToString() == text ? address : null;
    }

    public static IPNetwork? Network(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Address(text[..slash]) is not { } address || !int.TryParse(text[(slash + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)) return null;
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (length < (isV4 ? WidestV4 : WidestV6) || length > (isV4 ? 32 : 128)) return null;
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static string? Host(string text)
    {
        var name = text.TrimEnd('.').ToLowerInvariant();
        return name.Length is > 0 and <= LongestHost && !IPAddress.TryParse(name, out _) && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : null;
    }

    private static string? Account(string text) => text.Length <= LongestAccount && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format) ? text.ToLowerInvariant() : null;
}
