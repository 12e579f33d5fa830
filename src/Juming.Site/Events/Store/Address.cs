namespace Juming.Site.Events.Store;

/// <summary>IPv4 addresses as numbers.</summary>
internal static class Address
{
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
