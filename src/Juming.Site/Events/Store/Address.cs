namespace Juming.Site.Events.Store;

/// <summary>IPv4 addresses as numbers.</summary>
internal static class Address
{
    /// <summary>As <see cref="TryParseV4"/>, and reads the address within a v4-mapped one, <c>::ffff:10.0.0.5</c>.</summary>
    public static bool TryParseAnyV4(ReadOnlySpan<byte> text, out uint address) =>
        TryParseV4(text.Length > 7 && System.Text.Ascii.EqualsIgnoreCase(text[..7], "::ffff:"u8) ? text[7..] : text, out address);

    /// <summary>Reads a dotted address; leading zeros, shortened and other odd notations are not addresses here.</summary>
    public static bool TryParseV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int parts = 0, i = 0;
        while (i < text.Length)
        {
            uint part = 0;
            var start = i;
            for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
            {
                part = (part * 10) + (uint)(text[i] - '0');
                if (part > 255) return false;
            }
            if (i == start || (i - start > 1 && text[start] == (byte)'0')) return false;
            address = (address << 8) | part;
            if (++parts == 4) return i == text.Length;
            if (i >= text.Length || text[i++] != (byte)'.') return false;
        }
        return false;
    }
}
