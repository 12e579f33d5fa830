using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Takes one-time links out of what is kept of a message: whoever reads the ledger must not be able to answer in another's place.</summary>
internal static partial class OneTimeLinks
{
    /// <summary>A body without them; null when there is none in it.</summary>
    public static byte[]? Masked(byte[]? body)
    {
        if (body is null || body.AsSpan().IndexOf("/m/"u8) < 0) return null;
        return Encoding.UTF8.GetBytes(Masked(Encoding.UTF8.GetString(body)));
    }

    /// <summary>A text without them.</summary>
    public static string Masked(string text) => Link().Replace(text, "$1***");

    [GeneratedRegex("(/m/[a-z-]+/)[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
