using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>One entry of a feed as its format gives it.</summary>
/// <param name="Value">The value as it stands there.</param>
/// <param name="Kind">The kind that the feed names; None to find it out.</param>
internal readonly record struct FeedItem(string Value, IndicatorKind Kind = IndicatorKind.None)
{
    /// <summary>0 to 100; null when the feed names none.</summary>
    public int? Confidence { get; init; }
    public ThreatKind? Threat { get; init; }
    public string? Family { get; init; }

    /// <summary>Texts that name ATT&amp;CK techniques.</summary>
    public string? Techniques { get; init; }
    public string? Note { get; init; }
    public string? Reference { get; init; }
    public Tlp? Tlp { get; init; }
    public DateTimeOffset? First { get; init; }
    public DateTimeOffset? Last { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>The feed takes it back.</summary>
    public bool Revoked { get; init; }
}

/// <summary>What a source says of a value, checked.</summary>
internal sealed record Statement(IndicatorValue Value, int Confidence, ThreatKind Threat, string Family, string Techniques, string Note, string Reference, Tlp Tlp, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, DateTimeOffset? ValidUntil, bool IsWithdrawn, long Digest)
{
    private const int LongestFamily = 120;
    private const int LongestNote = 300;
    private const int LongestReference = 500;

    /// <summary>A statement of an item, with what the source stands for where the item says nothing.</summary>
    public static Statement Of(IndicatorValue value, in FeedItem item, SourceRow source, DateTimeOffset now)
    {
        var (family, note, reference) = (OneLine(item.Family, LongestFamily), OneLine(item.Note, LongestNote), OneLine(item.Reference, LongestReference));
        var (confidence, threat) = (Math.Clamp(item.Confidence ?? source.Confidence, 0, 100), item.Threat ?? source.Threat);
        // A feed may be laxer with its own words than its terms are; the stricter holds.
        var tlp = item.Tlp is { } own && own > source.Tlp ? own : source.Tlp;
        var last = Past(item.Last ?? item.First, now);
        var techniques = AttackWords.Of(item.Techniques);
        var digest = DigestOf($"{confidence}\n{threat}\n{tlp}\n{(item.Last ?? item.First)?.UtcTicks}\n{item.Until?.UtcTicks}\n{family}\n{note}\n{reference}{(techniques.Length > 0 ? "\n" + techniques : "")}");
        return new(value, confidence, threat, family, techniques, note, reference, tlp, Past(item.First ?? item.Last, now), last, item.Until, item.Revoked, digest);
    }

    public ClaimRow ToClaim(Guid indicator, Guid source) => new()
    {
        IndicatorId = indicator,
        SourceId = source,
        Confidence = Confidence,
        Threat = Threat,
        Family = Family,
        Techniques = Techniques,
        Note = Note,
        Reference = Reference,
        Tlp = Tlp,
        FirstSeen = FirstSeen,
        LastSeen = LastSeen,
        ValidUntil = ValidUntil,
        Digest = Digest,
    };

    // A clock that runs ahead must not keep a value alive.
    private static DateTimeOffset Past(DateTimeOffset? at, DateTimeOffset now) => at is { } known && known < now ? known : now;

    private static string OneLine(string? text, int most)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        text = text.Trim();
        if (text.Any(char.IsControl)) text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    private static long DigestOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
