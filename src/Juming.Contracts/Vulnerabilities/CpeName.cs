using System.Text;

namespace Juming.Contracts.Vulnerabilities;

/// <summary>The name of a product by the Common Platform Enumeration, as far as it is compared: 2.3 ("cpe:2.3:a:…") or the older form ("cpe:/a:…").</summary>
/// <param name="Part">'a' an application, 'o' an operating system, 'h' a device; '*' for any.</param>
/// <param name="Vendor">Lower case, without escapes; "*" for any.</param>
/// <param name="Product">Lower case, without escapes; "*" for any.</param>
/// <param name="Version">Version with its update; "*" for any, "-" for none.</param>
public sealed record CpeName(char Part, string Vendor, string Product, string Version)
{
    /// <summary>Longest text that is read.</summary>
    public const int Longest = 500;

    private const int MostParts = 13;

    /// <summary>Reads a name; null when it is none.</summary>
    public static CpeName? Parse(string? text)
    {
        text = text?.Trim();
        if (text is null || text.Length > Longest || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return null;
        if (text.StartsWith("cpe:2.3:", StringComparison.OrdinalIgnoreCase)) return Of(Split(text[8..]));
        return text.StartsWith("cpe:/", StringComparison.OrdinalIgnoreCase) ? Of([.. text[5..].Split(':', MostParts).Select(Decoded)]) : null;
    }

    private static CpeName? Of(IReadOnlyList<string> parts)
    {
        if (parts.Count is < 3 or > MostParts || parts[0].ToLowerInvariant() is not ("a" or "o" or "h" or "*") || parts[1].Length == 0 || parts[2].Length == 0) return null;
        var version = At(parts, 3);
        var update = At(parts, 4);
        if (version is not ("*" or "-") && update is not ("*" or "-")) version += "-" + update;
        return new CpeName(char.ToLowerInvariant(parts[0][0]), parts[1].ToLowerInvariant(), parts[2].ToLowerInvariant(), version);
    }

    private static string At(IReadOnlyList<string> parts, int index) => index < parts.Count && parts[index].Length > 0 ? parts[index] : "*";

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) part.Append(text[++i]);
            else if (text[i] != ':') part.Append(text[i]);
            else
            {
                parts.Add(part.ToString());
                part.Clear();
                if (parts.Count > MostParts) return parts;
            }
        }
        parts.Add(part.ToString());
        return parts;
    }

    private static string Decoded(string part)
    {
        try
        {
            return Uri.UnescapeDataString(part);
        }
        catch (UriFormatException)
        {
            return part;
        }
    }
}
