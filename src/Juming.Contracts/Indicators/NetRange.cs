namespace Juming.Contracts.Indicators;

/// <summary>A network in CIDR form.</summary>
/// <param name="First">Its first address.</param>
/// <param name="Length">Leading bits that its addresses share.</param>
public readonly record struct NetRange(NetAddress First, int Length)
{
    // One address in 256 of all, or an eighth of what is given out of IPv6.
    private const int WidestV4 = 8;
    private const int WidestV6 = 16;

    // Documentation ranges are left out: nothing real lies there, and examples are written with them.
    private static readonly NetRange[] Reserved = Ranges(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
        "::/8", "100::/8", "fc00::/7", "fe80::/9", "ff00::/8");

    /// <summary>Its last address.</summary>
    public NetAddress Last => new(First.Bits | HostMask(First.Width, Length), First.IsV4);

    /// <summary>True when it is wider than any indicator may be.</summary>
    public bool IsTooWide => Length < (First.IsV4 ? WidestV4 : WidestV6);

    /// <summary>True when some of it is private, loopback, link-local, a group or otherwise nobody's on the Internet.</summary>
    public bool TouchesReserved
    {
        get
        {
            foreach (var reserved in Reserved)
                if (reserved.First.IsV4 == First.IsV4 && First.Bits <= reserved.Last.Bits && reserved.First.Bits <= Last.Bits) return true;
            return false;
        }
    }

    /// <summary>Reads an address with a length behind a slash; bits beyond the length are cleared. A bare address is the network of one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out NetRange range)
    {
        range = default;
        var slash = text.IndexOf((byte)'/');
        if (!NetAddress.TryRead(slash < 0 ? text : text[..slash], out var address)) return false;
        var length = address.Width;
        if (slash >= 0 && (!TryLength(text[(slash + 1)..], out length) || length > address.Width)) return false;
        range = new(new(address.Bits & ~HostMask(address.Width, length), address.IsV4), length);
        return true;
    }

    /// <summary>The fewest networks that hold exactly the addresses from the first to the last; false when they are not in that order or not of one family.</summary>
    public static bool TryCover(NetAddress first, NetAddress last, ICollection<NetRange> into)
    {
        if (first.IsV4 != last.IsV4 || first.Bits > last.Bits) return false;
        var at = first.Bits;
        while (true)
        {
            var host = at == 0 ? first.Width : Math.Min(first.Width, (int)UInt128.TrailingZeroCount(at));
            while (host > 0 && (at | HostMask(first.Width, first.Width - host)) > last.Bits) host--;
            into.Add(new(new(at, first.IsV4), first.Width - host));
            var end = at | HostMask(first.Width, first.Width - host);
            if (end >= last.Bits) return true;
            at = end + 1;
        }
    }

    /// <summary>True when the address lies in it.</summary>
    public bool Contains(NetAddress address) => address.IsV4 == First.IsV4 && address.Bits >= First.Bits && address.Bits <= Last.Bits;

    /// <inheritdoc/>
    public override string ToString() => Length == First.Width ? First.ToString() : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{First}/{Length}");

    private static UInt128 HostMask(int width, int length) => width == length ? 0 : UInt128.MaxValue >> (128 - (width - length));

    private static bool TryLength(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text.Length is 0 or > 3 || (text.Length > 1 && text[0] == '0')) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c)) return false;
            length = (length * 10) + (c - '0');
        }
        return true;
    }

    private static NetRange[] Ranges(params ReadOnlySpan<string> texts)
    {
        var ranges = new NetRange[texts.Length];
        for (var i = 0; i < texts.Length; i++)
            if (!TryRead(System.Text.Encoding.ASCII.GetBytes(texts[i]), out ranges[i])) throw new ArgumentException(texts[i]);
        return ranges;
    }
}
