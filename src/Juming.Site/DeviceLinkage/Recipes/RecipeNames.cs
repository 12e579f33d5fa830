using System.Text;
using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Names of recipes that are written here: vendor, model, capability.</summary>
internal static class RecipeNames
{
    private const int MostCharacters = 50;

    /// <summary>A name that people recognise; where vendor and model say nothing in Latin letters, the device's own name or identity does.</summary>
    public static string Of(DeviceRow device, string capability)
    {
        foreach (var words in new[] { $"{device.Vendor} {device.Model}", device.Name })
            if (Plain(words) is { Length: >= 2 } plain) return $"{plain}-{capability}";
        return $"device-{device.Id.ToString("N")[^8..]}-{capability}";
    }

    private static string Plain(string words)
    {
        var plain = new StringBuilder();
        foreach (var c in words.ToLowerInvariant().Normalize(NormalizationForm.FormKC))
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) plain.Append(c);
            else if (plain.Length > 0 && plain[^1] != '-') plain.Append('-');
        var text = plain.ToString().Trim('-');
        return text.Length > MostCharacters ? text[..MostCharacters].Trim('-') : text;
    }
}
