using System.Text;

namespace Juming.Contracts.Indicators;

/// <summary>Reads a value as feeds and people write it: takes back its marks, finds or checks its kind, brings it to its normal form and refuses what would match everybody.</summary>
public static class IndicatorReader
{
    private const int LongestText = 4096;

    /// <summary>Reads a text into one value, or several where it is a range of addresses.</summary>
    /// <param name="text">UTF-8, with or without marks such as hxxp and [.].</param>
    /// <param name="expected">The kind that the source names; None to find it out. Address also takes networks, ranges and a port behind; any hash takes any length.</param>
    /// <param name="into">Takes the values.</param>
    public static IndicatorProblem Read(ReadOnlySpan<byte> text, IndicatorKind expected, ICollection<IndicatorValue> into)
    {
        text = text.Trim(" \t\r\n\"'"u8);
        if (text.IsEmpty) return IndicatorProblem.Empty;
        if (text.Length > LongestText) return IndicatorProblem.TooLong;
        Span<byte> plain = stackalloc byte[text.Length];
        plain = plain[..Refang.Write(text, plain)];
        return expected switch
        {
            IndicatorKind.None => Guess(plain, into),
            IndicatorKind.Address or IndicatorKind.Network => Addresses(plain, into),
            IndicatorKind.Domain => Domain(plain, into),
            IndicatorKind.Url => Url(plain, into),
            IndicatorKind.Email => Email(plain, into),
            _ => Hash(plain, into),
        };
    }

    /// <summary>The same for a text of the program.</summary>
    public static IndicatorProblem Read(string text, IndicatorKind expected, ICollection<IndicatorValue> into) => Read(Encoding.UTF8.GetBytes(text), expected, into);

    private static IndicatorProblem Guess(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        if (HexForm.KindOf(text.Length) != IndicatorKind.None && Hash(text, into) is not IndicatorProblem.Unreadable and var hash) return hash;
        if (text.IndexOf("://"u8) >= 0) return Url(text, into);
        if (text.IndexOf((byte)'@') >= 0) return Email(text, into);
        if (Addresses(text, into) is not IndicatorProblem.Unreadable and var addresses) return addresses;
        return text.IndexOf((byte)'/') > 0 ? Url(text, into) : Domain(text, into);
    }

    private static IndicatorProblem Addresses(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        if (text.IndexOf((byte)'-') is > 0 and var dash && NetAddress.TryRead(text[..dash].TrimEnd((byte)' '), out var first) && NetAddress.TryRead(text[(dash + 1)..].TrimStart((byte)' '), out var last))
            return Range(first, last, into);
        if (!NetRange.TryRead(text, out var range) && !NetRange.TryRead(WithoutPort(text), out range)) return IndicatorProblem.Unreadable;
        return Range(range, into);
    }

    // "192.0.2.1:4444" and "[2001:db8::1]:443": the port is one of many of the same machine.
    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> text)
    {
        if (text[0] == '[' && text.IndexOf((byte)']') is > 0 and var close) return text[1..close];
        var colon = text.IndexOf((byte)':');
        return colon > 0 && text[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? text[..colon] : default;
    }

    private static IndicatorProblem Range(NetAddress first, NetAddress last, ICollection<IndicatorValue> into)
    {
        var parts = new List<NetRange>();
        if (!NetRange.TryCover(first, last, parts)) return IndicatorProblem.Unreadable;
        foreach (var part in parts)
            if (Refusal(part) is not IndicatorProblem.None and var refused) return refused;
        foreach (var part in parts) Range(part, into);
        return IndicatorProblem.None;
    }

    private static IndicatorProblem Range(NetRange range, ICollection<IndicatorValue> into)
    {
        if (Refusal(range) is not IndicatorProblem.None and var refused) return refused;
        into.Add(new(range.Length == range.First.Width ? IndicatorKind.Address : IndicatorKind.Network, range.ToString()));
        return IndicatorProblem.None;
    }

    private static IndicatorProblem Refusal(NetRange range) => range.IsTooWide ? IndicatorProblem.TooWide : range.TouchesReserved ? IndicatorProblem.Reserved : IndicatorProblem.None;

    private static IndicatorProblem Domain(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        // "*.example.com" and ".example.com" say what a domain says anyway.
        if (text.StartsWith("*."u8)) text = text[2..];
        else if (text.StartsWith("."u8)) text = text[1..];
        if (text.IsEmpty) return IndicatorProblem.Unreadable;
        if (text.IndexOfAny((byte)'.', (byte)0xE3, (byte)0xEF) < 0) return IsWord(text) ? IndicatorProblem.LocalName : IndicatorProblem.Unreadable;
        Span<byte> normal = stackalloc byte[DomainForm.Longest];
        if (!DomainForm.TryWrite(text, normal, out var length)) return IndicatorProblem.Unreadable;
        return Add(IndicatorKind.Domain, normal[..length], into, DomainForm.IsLocal);
    }

    private static bool IsWord(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit((char)c) && c != '-') return false;
        return true;
    }

    private static IndicatorProblem Url(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        Span<byte> normal = stackalloc byte[UrlForm.Longest];
        int length;
        if (text.IndexOf("://"u8) < 0)
        {
            Span<byte> whole = stackalloc byte[text.Length + 7];
            "http://"u8.CopyTo(whole);
            text.CopyTo(whole[7..]);
            if (!UrlForm.TryWrite(whole, normal, out length)) return IndicatorProblem.Unreadable;
        }
        else if (!UrlForm.TryWrite(text, normal, out length)) return text.Length > UrlForm.Longest ? IndicatorProblem.TooLong : IndicatorProblem.Unreadable;
        var host = normal[..length][UrlForm.HostOf(normal[..length])];
        if (NetRange.TryRead(host, out var range)) return range.TouchesReserved ? IndicatorProblem.Reserved : Add(IndicatorKind.Url, normal[..length], into, _ => false);
        return DomainForm.IsLocal(Encoding.ASCII.GetString(host)) ? IndicatorProblem.LocalName : Add(IndicatorKind.Url, normal[..length], into, _ => false);
    }

    private static IndicatorProblem Email(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        if (text.StartsWith("mailto:"u8)) text = text[7..];
        Span<byte> normal = stackalloc byte[EmailForm.Longest];
        return EmailForm.TryWrite(text, normal, out var length) ? Add(IndicatorKind.Email, normal[..length], into, DomainForm.IsLocal) : IndicatorProblem.Unreadable;
    }

    private static IndicatorProblem Hash(ReadOnlySpan<byte> text, ICollection<IndicatorValue> into)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (!HexForm.TryRead(text, bytes, out var kind)) return IndicatorProblem.Unreadable;
        var normal = Convert.ToHexStringLower(bytes[..(text.Length / 2)]);
        if (HexForm.SaysNothing(normal)) return IndicatorProblem.EmptyFile;
        into.Add(new(kind, normal));
        return IndicatorProblem.None;
    }

    private static IndicatorProblem Add(IndicatorKind kind, ReadOnlySpan<byte> normal, ICollection<IndicatorValue> into, Func<string, bool> isLocal)
    {
        var value = Encoding.UTF8.GetString(normal);
        if (isLocal(value)) return IndicatorProblem.LocalName;
        into.Add(new(kind, value));
        return IndicatorProblem.None;
    }
}
