using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Juming.Platform.Content.Format;

/// <summary>
/// The one way to write a value as JSON: members in the order of their UTF-8 bytes, no space, whole numbers only, of escapes only \" and \\. What is signed is written so, and what is
/// read must be written so to the byte: two readers can't see two things in one signed text.
/// </summary>
internal static class CanonicalJson
{
    private const int MostDepth = 10;

    /// <summary>Reads a text that must be canonical.</summary>
    /// <exception cref="ContentFormatException">It is not.</exception>
    public static JsonDocument Read(ReadOnlyMemory<byte> text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostDepth });
        }
        catch (JsonException)
        {
            throw new ContentFormatException("it is no JSON");
        }
        try
        {
            var again = new ArrayBufferWriter<byte>(text.Length);
            Write(again, document.RootElement);
            if (!again.WrittenSpan.SequenceEqual(text.Span)) throw new ContentFormatException("it is not written in the canonical form");
            return document;
        }
        catch (InvalidOperationException)
        {
            document.Dispose();
            throw new ContentFormatException("it holds half a character");
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>Writes a value.</summary>
    /// <exception cref="ContentFormatException">It holds what the form has no room for: a fraction, a control character, a member twice.</exception>
    public static byte[] Write(JsonElement value)
    {
        var to = new ArrayBufferWriter<byte>();
        Write(to, value);
        return to.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> to, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(to, value);
                break;
            case JsonValueKind.Array:
                WriteArray(to, value);
                break;
            case JsonValueKind.String:
                WriteText(to, value.GetString()!);
                break;
            case JsonValueKind.Number:
                if (!value.TryGetInt64(out var number)) throw new ContentFormatException("it holds a number that is not whole");
                to.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
                break;
            case JsonValueKind.True:
                to.Write("true"u8);
                break;
            case JsonValueKind.False:
                to.Write("false"u8);
                break;
            default: throw new ContentFormatException("it holds null");
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> to, JsonElement value)
    {
        var members = value.EnumerateObject().Select(m => (Name: Encoding.UTF8.GetBytes(m.Name), m.Value)).OrderBy(m => m.Name, ByteOrder).ToList();
        to.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0 && members[i].Name.AsSpan().SequenceEqual(members[i - 1].Name)) throw new ContentFormatException("it has a member twice");
            if (i > 0) to.Write(","u8);
            WriteText(to, Encoding.UTF8.GetString(members[i].Name));
            to.Write(":"u8);
            Write(to, members[i].Value);
        }
        to.Write("}"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> to, JsonElement value)
    {
        to.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!first) to.Write(","u8);
            first = false;
            Write(to, item);
        }
        to.Write("]"u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> to, string text)
    {
        if (text.Any(char.IsControl)) throw new ContentFormatException("it holds a control character");
        to.Write("\""u8);
        to.Write(Encoding.UTF8.GetBytes(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)));
        to.Write("\""u8);
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}

/// <summary>A text is not what it must be.</summary>
internal sealed class ContentFormatException(string reason) : Exception(reason);
