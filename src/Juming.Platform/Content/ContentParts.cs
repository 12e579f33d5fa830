using System.Text;
using System.Text.Json;
using Juming.Platform.Content.Format;

namespace Juming.Platform.Content;

/// <summary>A list of parts, as content itself: so that whoever passes content on or keeps it knows what belongs to it without knowing what it is.</summary>
public static class ContentParts
{
    /// <summary>Most parts of a list.</summary>
    public const int Most = 40_000;

    /// <summary>Writes a list.</summary>
    public static byte[] Write(IEnumerable<ContentPart> parts) =>
        CanonicalJson.Write(JsonSerializer.SerializeToElement(new { parts = parts.Select(p => new { name = p.Name, sha256 = Convert.ToHexStringLower(p.Sha256), length = p.Length }) }));

    /// <summary>Reads a list; null when it is none.</summary>
    public static IReadOnlyList<ContentPart>? Read(byte[] text)
    {
        try
        {
            using var document = CanonicalJson.Read(text);
            var whole = new Members(document.RootElement, "the list of parts");
            var parts = whole.Items("parts", Most).Select(Part).ToList();
            whole.End();
            return parts;
        }
        catch (ContentFormatException)
        {
            return null;
        }
    }

    private static ContentPart Part(JsonElement item)
    {
        var members = new Members(item, "a part");
        var part = new ContentPart(members.Text("name", 100), members.Hash("sha256"), members.Number("length", 1, Limits.MostBlob));
        members.End();
        return part;
    }
}
