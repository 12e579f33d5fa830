using System.Text.RegularExpressions;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel;

/// <summary>Identifiers of ATT&amp;CK techniques in what sources write.</summary>
internal static partial class AttackWords
{
    private const int LongestRead = 4000;

    /// <summary>The techniques that a text names, in one form: "T1071.001,T1566"; empty for none.</summary>
    public static string Of(string? text) => string.IsNullOrEmpty(text) ? "" : Join(Technique().Matches(text.Length <= LongestRead ? text : text[..LongestRead]).Select(m => m.Value.ToUpperInvariant()));

    /// <summary>Techniques in their order, each once, as many as travel.</summary>
    public static string Join(IEnumerable<string> techniques) => string.Join(',', techniques.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(ParcelFacts.MostTechniques));

    /// <summary>The techniques of a joined text.</summary>
    public static string[] Apart(string joined) => joined.Split(',', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"(?<![A-Za-z0-9])[Tt][0-9]{4}(\.[0-9]{3})?(?![0-9A-Za-z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Technique();
}
