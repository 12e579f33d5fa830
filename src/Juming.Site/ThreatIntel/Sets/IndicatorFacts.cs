using System.Text.Json;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>What is known of an indicator beyond what a look-up needs: stored beside its value, read at a hit.</summary>
internal sealed record IndicatorFacts(DateTimeOffset? Until, SharingLimit Tlp, string Threat, IReadOnlyList<string> Labels, IReadOnlyList<string> Techniques, int Sources, bool FromOperator = false)
{
    public const int LongestThreat = 120;
    public const int MostLabels = 20;

    private const int LongestWord = 60;
    private static readonly IndicatorFacts Nothing = new(null, SharingLimit.Clear, "", [], [], 1);
    private static readonly JsonSerializerOptions Short = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>An entry as the index takes it.</summary>
    public static IndexedIndicator Indexed(IndicatorEntry entry)
    {
        var facts = new IndicatorFacts(entry.ValidUntil, entry.Tlp, Word(entry.Threat, LongestThreat), [.. entry.Labels.Take(MostLabels).Select(l => Word(l, LongestWord))], [.. entry.Techniques.Where(IsTechnique).Take(MostLabels)], Math.Max(1, entry.Sources), entry.FromOperator);
        // The last day counts whole: the exact instant is looked at when it is hit.
        var last = entry.ValidUntil is { } until ? DateOnly.FromDateTime(until.UtcDateTime) : (DateOnly?)null;
        return new(entry.Id, entry.Value, entry.Severity, entry.Confidence, last, Facts: JsonSerializer.SerializeToUtf8Bytes(facts, Short));
    }

    /// <summary>Reads what is stored; a part that can't be read says nothing, since the value itself has been checked.</summary>
    public static IndicatorFacts Of(in IndexedIndicator indicator)
    {
        if (indicator.Facts.IsEmpty) return Nothing;
        try
        {
            var read = JsonSerializer.Deserialize<IndicatorFacts>(indicator.Facts.Span, Short);
            return read is null ? Nothing : read with { Threat = read.Threat ?? "", Labels = read.Labels ?? [], Techniques = read.Techniques ?? [] };
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    /// <summary>True for the identifier of a technique, "T1071" or "T1071.001".</summary>
    private static bool IsTechnique(string text) => text.Length is 5 or 9 && text[0] == 'T' && text.AsSpan(1, 4).IndexOfAnyExceptInRange('0', '9') < 0 && (text.Length == 5 || (text[5] == '.' && text.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0));

    private static string Word(string? text, int most)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var plain = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return plain.Length <= most ? plain : plain[..(char.IsHighSurrogate(plain[most - 1]) ? most - 1 : most)];
    }
}
