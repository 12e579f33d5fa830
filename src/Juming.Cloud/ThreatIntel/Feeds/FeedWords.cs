using System.Collections.Frozen;
using System.Globalization;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Words that feeds use for kinds, threats and times.</summary>
internal static class FeedWords
{
    private static readonly FrozenDictionary<string, IndicatorKind> Kinds = new Dictionary<string, IndicatorKind>
    {
        ["ip"] = IndicatorKind.Address,
        ["ipv4"] = IndicatorKind.Address,
        ["ipv6"] = IndicatorKind.Address,
        ["ip:port"] = IndicatorKind.Address,
        ["ip-src"] = IndicatorKind.Address,
        ["ip-dst"] = IndicatorKind.Address,
        ["ip-src|port"] = IndicatorKind.Address,
        ["ip-dst|port"] = IndicatorKind.Address,
        ["address"] = IndicatorKind.Address,
        ["cidr"] = IndicatorKind.Network,
        ["network"] = IndicatorKind.Network,
        ["domain"] = IndicatorKind.Domain,
        ["hostname"] = IndicatorKind.Domain,
        ["hostname|port"] = IndicatorKind.Domain,
        ["host"] = IndicatorKind.Domain,
        ["fqdn"] = IndicatorKind.Domain,
        ["url"] = IndicatorKind.Url,
        ["uri"] = IndicatorKind.Url,
        ["link"] = IndicatorKind.Url,
        ["md5"] = IndicatorKind.Md5,
        ["md5_hash"] = IndicatorKind.Md5,
        ["filehash-md5"] = IndicatorKind.Md5,
        ["sha1"] = IndicatorKind.Sha1,
        ["sha1_hash"] = IndicatorKind.Sha1,
        ["filehash-sha1"] = IndicatorKind.Sha1,
        ["sha256"] = IndicatorKind.Sha256,
        ["sha256_hash"] = IndicatorKind.Sha256,
        ["filehash-sha256"] = IndicatorKind.Sha256,
        ["email"] = IndicatorKind.Email,
        ["email-src"] = IndicatorKind.Email,
        ["email-dst"] = IndicatorKind.Email,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // The first that is found counts, so the graver stand before.
    private static readonly (string Word, ThreatKind Threat)[] Threats =
    [
        ("ransom", ThreatKind.Ransomware), ("botnet_cc", ThreatKind.C2), ("command-and-control", ThreatKind.C2), ("c2", ThreatKind.C2), ("c&c", ThreatKind.C2), ("远控", ThreatKind.C2), ("勒索", ThreatKind.Ransomware),
        ("phish", ThreatKind.Phishing), ("钓鱼", ThreatKind.Phishing), ("exploit", ThreatKind.Exploit), ("payload", ThreatKind.Malware), ("malware", ThreatKind.Malware), ("malicious-activity", ThreatKind.Malware), ("trojan", ThreatKind.Malware),
        ("loader", ThreatKind.Malware), ("stealer", ThreatKind.Malware), ("恶意", ThreatKind.Malware), ("scan", ThreatKind.Scanner), ("brute", ThreatKind.Scanner), ("扫描", ThreatKind.Scanner), ("spam", ThreatKind.Spam),
        ("anonymization", ThreatKind.Anonymizer), ("proxy", ThreatKind.Anonymizer), ("tor", ThreatKind.Anonymizer),
    ];

    /// <summary>The kind of a word; None when it is not known.</summary>
    public static IndicatorKind KindOf(string? word) => word is not null && Kinds.TryGetValue(word, out var kind) ? kind : IndicatorKind.None;

    /// <summary>The threat of a word or label; null when it is not known.</summary>
    public static ThreatKind? ThreatOf(string? text)
    {
        if (text is null) return null;
        foreach (var (word, threat) in Threats)
            if (word.Length > 3 || text.Equals(word, StringComparison.OrdinalIgnoreCase) || word is "c&c" ? text.Contains(word, StringComparison.OrdinalIgnoreCase) : char.IsAsciiLetter(word[0]) is false && text.Contains(word, StringComparison.Ordinal)) return threat;
        return null;
    }

    /// <summary>An instant: ISO 8601 and its likes in UTC, or seconds since 1970.</summary>
    public static DateTimeOffset? InstantOf(string? text)
    {
        if (text is null) return null;
        if (text.Length is >= 9 and <= 10 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return DateTimeOffset.FromUnixTimeSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at.Year is > 1990 and < 2200 ? at : null;
    }
}
