namespace Juming.Site.ThreatIntel;

/// <summary>Texts of people as patterns of LIKE.</summary>
internal static class LikeText
{
    /// <summary>The pattern that finds a text anywhere, with "\" before what would be a sign.</summary>
    public static string Within(string text) =>
        "%" + text.ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
