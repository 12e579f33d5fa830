using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Juming.Site.Blocking.Protection;

/// <summary>What a text may mean: ranges, more than one where devices read it differently; or a host name; or nothing.</summary>
internal sealed record TargetReading(IReadOnlyList<AddressRange> Ranges, string? Name)
{
    public static readonly TargetReading Nothing = new([], null);
}

/// <summary>
/// Reads a target as any device might: dotted, short, integer, octal and hexadecimal forms, prefixes, masks, wildcards, ranges, all forms of IPv6, with digits and signs of
/// other scripts. Where two readings differ ("010.0.0.1" is 8.0.0.1 to some and 10.0.0.1 to others) it answers both.
/// </summary>
internal static class TargetReader
{
    /// <summary>Longest text that is looked at, in characters.</summary>
    public const int Longest = 300;

    public static TargetReading Read(string? text)
    {
        if (Plain(text) is not { Length: > 0 } plain) return TargetReading.Nothing;
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) return Found(Prefixes(plain[..slash], plain[(slash + 1)..]));
        if (Found(Addresses(plain)) is { Ranges.Count: > 0 } single) return single;
        if (Found(Spans(plain)) is { Ranges.Count: > 0 } span) return span;
        return HostName(plain) is { } name ? new TargetReading([], name) : TargetReading.Nothing;
    }

    private static TargetReading Found(IEnumerable<AddressRange> ranges) => ranges.Distinct().ToList() is { Count: > 0 } some ? new TargetReading(some, null) : TargetReading.Nothing;

    /// <summary>The text in plain characters and lower case; null when it holds what belongs in no target.</summary>
    private static string? Plain(string? text)
    {
        if (text is null || text.Length > Longest) return null;
        string composed;
        try
        {
            composed = text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair.
            return null;
        }
        var plain = new StringBuilder(composed.Length);
        foreach (var c in composed)
        {
            // Invisible characters are dropped by some devices and kept by none.
            if (char.GetUnicodeCategory(c) == UnicodeCategory.Format || c is '\u034f' or '\u115f' or '\u3164' || c is >= '\ufe00' and <= '\ufe0f') continue;
            plain.Append(c switch
            {
                '\u3002' or '\uff61' or '\u2024' => '.',
                '\u2044' or '\u2215' or '\u29f8' => '/',
                (>= '\u2010' and <= '\u2015') or '\u2212' or '\ufe63' or '~' or '\u301c' => '-',
                _ when c > 127 && char.IsDigit(c) => (char)('0' + (int)char.GetNumericValue(c)),
                _ when char.IsWhiteSpace(c) => ' ',
                _ => char.ToLowerInvariant(c),
            });
        }
        var trimmed = plain.ToString().Trim();
        foreach (var sign in (ReadOnlySpan<string>)["/", "-"])
            if (trimmed.Contains(sign + " ", StringComparison.Ordinal) || trimmed.Contains(" " + sign, StringComparison.Ordinal)) trimmed = string.Join(sign, trimmed.Split(sign).Select(p => p.Trim()));
        if (trimmed.Any(c => c == ' ' || char.IsControl(c))) return null;
        return trimmed.Length > 1 && trimmed[0] == '[' && trimmed[^1] == ']' ? trimmed[1..^1] : trimmed;
    }

    /// <summary>Readings of one address or wildcard.</summary>
    private static IEnumerable<AddressRange> Addresses(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal)) return V6(text).Select(AddressRange.Of);
        return Wildcard(text) is { } wide ? [wide] : V4(Bare(text)).Select(a => AddressRange.V4(a, a));
    }

    // A last point is the root of all names, and in nobody's way.
    private static string Bare(string text) => text.EndsWith('.') ? text[..^1] : text;

    private static IEnumerable<AddressRange> Prefixes(string address, string rest)
    {
        if (address.Length > 1 && address[0] == '[' && address[^1] == ']') address = address[1..^1];
        if (address.Contains(':', StringComparison.Ordinal))
            return Length(rest, 128) is { } length ? V6(address).Select(a => AddressRange.V6Prefix(a, length)) : [];
        if ((Length(rest, 32) ?? MaskLength(rest)) is not { } prefix) return [];
        // "10/8" is 10.0.0.0/8 to routers and 0.0.0.10/8 to resolvers.
        var padded = address.Split('.') is { Length: < 4 } parts ? V4(address + string.Concat(Enumerable.Repeat(".0", 4 - parts.Length))) : [];
        return V4(Bare(address)).Concat(padded).Select(a => AddressRange.V4Prefix(a, prefix));
    }

    private static int? Length(string text, int most) =>
        text.Length is >= 1 and <= 3 && text.All(char.IsAsciiDigit) && int.Parse(text, CultureInfo.InvariantCulture) is var length && length <= most ? length : null;

    /// <summary>The length of a mask 255.255.0.0 or its complement 0.0.255.255.</summary>
    private static int? MaskLength(string text)
    {
        if (text.Count(c => c == '.') != 3 || V4(text).ToList() is not [var mask]) return null;
        if (mask != 0 && (mask & 0x8000_0000) == 0) mask = ~mask;
        var ones = System.Numerics.BitOperations.LeadingZeroCount(~mask);
        return mask == (ones == 0 ? 0 : uint.MaxValue << (32 - ones)) ? ones : null;
    }

    private static IEnumerable<AddressRange> Spans(string text)
    {
        if (text.Split('-') is not [var left, var right] || left.Length == 0 || right.Length == 0) return [];
        var (firsts, lasts) = (Addresses(left).ToList(), Addresses(right).ToList());
        // "10.0.0.1-20" ends in the same network.
        if (left.Count(c => c == '.') == 3 && Length(right, 255) is { } end) lasts = [.. firsts.Where(f => f.IsV4).Select(f => new AddressRange(0, f.First & ~(UInt128)0xff | (UInt128)end))];
        return firsts.SelectMany(f => lasts.Where(l => f.IsV4 == new AddressRange(l.Last, l.Last).IsV4 && f.First <= l.Last).Select(l => new AddressRange(f.First, l.Last)));
    }

    private static IEnumerable<IPAddress> V6(string text)
    {
        // The zone names an interface of one machine; the address is the same.
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        if (zone >= 0) text = text[..zone];
        if (text.Length > 90 || text.Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.' or 'x'))) return [];
        if (!text.Contains('.', StringComparison.Ordinal)) return IPAddress.TryParse(text, out var plain) && plain.AddressFamily == AddressFamily.InterNetworkV6 ? [plain] : [];
        var colon = text.LastIndexOf(':');
        return V4(text[(colon + 1)..]).Select(v => IPAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{text[..(colon + 1)]}{v >> 16:x}:{v & 0xffff:x}"), out var mixed) ? mixed : null).OfType<IPAddress>();
    }

    private static AddressRange? Wildcard(string text)
    {
        var parts = text.Split('.');
        var stars = parts.Reverse().TakeWhile(p => p is "*" or "x").Count();
        if (stars == 0 || parts.Length > 4 || (parts.Length < 4 && stars > 1) || stars == parts.Length) return text is "*" or "*.*.*.*" ? AddressRange.V4(0, uint.MaxValue) : null;
        var kept = parts[..^stars];
        return V4(string.Join('.', kept.Concat(Enumerable.Repeat("0", 4 - kept.Length)))).ToList() is [var address] ? AddressRange.V4Prefix(address, kept.Length * 8) : null;
    }

    /// <summary>One to four parts, as inet_aton reads them, and as decimal numbers where leading zeros make that another value.</summary>
    private static IEnumerable<uint> V4(string text)
    {
        var parts = text.Split('.');
        if (parts.Length > 4 || parts.Any(p => p.Length is 0 or > 40)) yield break;
        var classic = Joined(parts, Number);
        if (classic is { } first) yield return first;
        if (parts.Any(p => p.Length > 1 && p[0] == '0') && Joined(parts, p => Digits(p, 10)) is { } second && second != classic) yield return second;
    }

    private static uint? Joined(string[] parts, Func<string, ulong?> number)
    {
        ulong address = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var room = isLast ? 32 - (8 * i) : 8;
            if (number(parts[i]) is not { } value || value >= 1UL << room) return null;
            address = (address << room) | value;
        }
        return (uint)address;
    }

    private static ulong? Number(string part) =>
        part.StartsWith("0x", StringComparison.Ordinal) ? Digits(part[2..], 16) : part.Length > 1 && part[0] == '0' ? Digits(part[1..], 8) : Digits(part, 10);

    private static ulong? Digits(string text, uint radix)
    {
        if (text.Length == 0) return null;
        ulong value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return null;
            var digit = Convert.ToUInt32(c.ToString(), 16);
            if (digit >= radix) return null;
            value = (value * radix) + digit;
            if (value > uint.MaxValue) return null;
        }
        return value;
    }

    private static string? HostName(string text)
    {
        var name = Bare(text);
        if (name.Length is 0 or > 253) return null;
        try
        {
            name = new IdnMapping { AllowUnassigned = true }.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
        var labels = name.Split('.');
        var isName = labels.All(l => l.Length is >= 1 and <= 63 && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        // What ends in a number is a broken address, not a name.
        return isName && !labels[^1].All(char.IsAsciiDigit) && !labels[^1].StartsWith("0x", StringComparison.Ordinal) ? name : null;
    }
}
