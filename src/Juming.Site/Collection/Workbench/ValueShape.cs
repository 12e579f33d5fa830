using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Site.Collection.Formats;

namespace Juming.Site.Collection.Workbench;

/// <summary>What a value looks like.</summary>
internal enum ValueShape
{
    /// <summary>Nothing, or a word for nothing.</summary>
    None,

    /// <summary>Text without a shape of its own.</summary>
    Text,

    /// <summary>IPv4 or IPv6.</summary>
    Address,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A hardware address.</summary>
    Mac,

    /// <summary>Date and clock.</summary>
    Time,

    /// <summary>A date alone.</summary>
    Date,

    /// <summary>A clock alone.</summary>
    Clock,

    /// <summary>A URL or a path below a host.</summary>
    Url,

    /// <summary>A host name with a dot.</summary>
    Host,

    /// <summary>What a device did: allowed or blocked.</summary>
    Action,

    /// <summary>How bad it was.</summary>
    Severity,

    /// <summary>tcp, udp and their like.</summary>
    Protocol,

    /// <summary>MD5, SHA-1 or SHA-256.</summary>
    Hash,
}

/// <summary>Recognises values. All expressions are linear in time.</summary>
internal static partial class ValueShapes
{
    private const long Received = 1_793_491_200_000_000;
    private const int MostLooked = 256;

    private static readonly SearchValues<char> AddressSigns = SearchValues.Create("0123456789abcdefABCDEF.:");

    private static readonly HashSet<string> Protocols = new(StringComparer.OrdinalIgnoreCase) { "tcp", "udp", "icmp", "ipv6-icmp", "gre", "esp", "igmp", "sctp" };

    /// <summary>What a whole value looks like.</summary>
    public static ValueShape Of(string value)
    {
        var text = value.Trim();
        if (text.Length == 0 || text is "-" or "--" or "N/A" or "null" or "NULL" or "(null)" or "none") return ValueShape.None;
        if (text.Length > MostLooked) return text.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? ValueShape.Url : ValueShape.Text;
        if (IsAddress(text)) return ValueShape.Address;
        if (text.All(char.IsAsciiDigit)) return text.Length is 14 && IsTime(text) ? ValueShape.Time : ValueShape.Number;
        if (Mac().IsMatch(text)) return ValueShape.Mac;
        if (Clock().IsMatch(text)) return ValueShape.Clock;
        if (Date().IsMatch(text)) return ValueShape.Date;
        if (char.IsAsciiDigit(text[0]) || char.IsAsciiLetterUpper(text[0]))
            if (IsTime(text) || ChineseTime().IsMatch(text)) return ValueShape.Time;
        if (Url().IsMatch(text)) return ValueShape.Url;
        if (Hash().IsMatch(text)) return ValueShape.Hash;
        if (Protocols.Contains(text)) return ValueShape.Protocol;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (ActionVocabulary.Of(bytes) != ActionWord.Unknown) return ValueShape.Action;
        if (ActionVocabulary.SeverityOf(bytes) >= 0) return ValueShape.Severity;
        return Host().IsMatch(text) ? ValueShape.Host : ValueShape.Text;
    }

    /// <summary>The shape that most values that say something have, and the share of them that do.</summary>
    public static (ValueShape Shape, double Share) Of(IReadOnlyList<string> values)
    {
        var counts = new SortedDictionary<ValueShape, int>();
        var all = 0;
        foreach (var value in values.Take(200))
            if (Of(value) is var shape && shape != ValueShape.None)
            {
                counts[shape] = counts.GetValueOrDefault(shape) + 1;
                all++;
            }
        if (all == 0) return (ValueShape.None, 0);
        var best = counts.MaxBy(c => c.Value);
        return (best.Key, (double)best.Value / all);
    }

    /// <summary>The layout of a time that the usual reading does not know, or null.</summary>
    public static string? LayoutOf(string value)
    {
        var text = value.Trim();
        if (text.Length is < 10 or > 48 || IsTime(text)) return null;
        if (ChineseTime().Match(text) is not { Success: true } match) return null;
        var layout = new StringBuilder();
        string[] tokens = ["yyyy", "MM", "dd", "HH", "mm", "ss"];
        var at = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var part = match.Groups[i + 1];
            if (!part.Success) break;
            layout.Append(text, at, part.Index - at).Append(tokens[i]);
            at = part.Index + part.Length;
        }
        return TimeLayoutIsSound(layout.ToString()) ? layout.ToString() : null;
    }

    private static bool TimeLayoutIsSound(string layout) => Packs.TimeLayout.TryParse(layout) is not null;

    private static bool IsTime(string text) => text.Length >= 12 && LineTime.TryAny(Encoding.UTF8.GetBytes(text), TimeZoneInfo.Utc, Received, out var micros) && Year(micros) is > 1995 and < 2100;

    private static int Year(long micros) => micros is > 0 and < 4_102_444_800_000_000 ? DateTimeOffset.UnixEpoch.AddTicks(micros * 10).Year : 0;

    /// <summary>True for an address, alone or with a port behind a colon: the reader takes both apart.</summary>
    public static bool IsAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 6 && text.IndexOf(':', StringComparison.Ordinal) == colon && text.Length - colon <= 6 && text.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0) text = text[..colon];
        if (text.Length is < 2 or > 45 || text.AsSpan().IndexOfAnyExcept(AddressSigns) >= 0) return false;
        return text.Contains(':', StringComparison.Ordinal) ? IPAddress.TryParse(text, out _) : text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out _);
    }

    [GeneratedRegex("^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$|^([0-9A-Fa-f]{4}[.-]){2}[0-9A-Fa-f]{4}$")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^\d{1,2}:\d\d:\d\d([.,]\d+)?$")]
    private static partial Regex Clock();

    [GeneratedRegex(WorkbenchVocabulary.DatePattern)]
    private static partial Regex Date();

    [GeneratedRegex(WorkbenchVocabulary.TimePattern)]
    private static partial Regex ChineseTime();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]{1,10}://\S+$|^/[\w.%-]+(/[\w.%-]*)+(\?\S*)?$")]
    private static partial Regex Url();

    [GeneratedRegex("^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$")]
    private static partial Regex Hash();

    [GeneratedRegex(@"^([A-Za-z0-9_-]{1,63}\.)+[A-Za-z]{2,20}$")]
    private static partial Regex Host();
}
