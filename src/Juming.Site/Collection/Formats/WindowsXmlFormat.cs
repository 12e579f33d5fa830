using System.Text;
using System.Xml;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Reads a Windows event as XML, as NXLog, rsyslog and the event viewer hand it out, to the same fields as its JSON forms. The reader knows no document types
/// and loads nothing from elsewhere; depth and fields are bounded, and broken XML keeps what was read before the break.
/// </summary>
internal static class WindowsXmlFormat
{
    private const int MostDepth = 12;
    private const int MostFields = 400;
    private const int MostBefore = 200;

    private static readonly Utf8Names<FieldTarget> Names = new(WindowsKeys.Of);

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        ConformanceLevel = ConformanceLevel.Fragment,
        // Windows writes control characters of commands as they are.
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = 256 * 1024,
        MaxCharactersFromEntities = 64 * 1024,
    };

    /// <summary>Where the event begins in a text that looks like one; -1 for any other text.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("<Event"u8) && !text.StartsWith("<?xml"u8)) return -1;
        var at = text[..Math.Min(text.Length, MostBefore)].IndexOf("<Event"u8);
        return at >= 0 && at + 6 < text.Length && text[at + 6] is (byte)' ' or (byte)'>' or (byte)'\n' or (byte)'\r' or (byte)'\t' && text[at..].IndexOf("<System"u8) > 0 ? at : -1;
    }

    /// <summary>Reads the event that begins at a place of the raw line.</summary>
    /// <returns>False when nothing of it could be read.</returns>
    public static bool Read(in EventWriter to, int from)
    {
        var fields = 0;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(to.Raw[from..].ToArray()), Safe);
            fields = Walk(to, reader);
        }
        catch (XmlException)
        {
            to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
        }
        if (!to.Batch.TryGet(to.Batch.Count - 1, Field.EventCode, out _) && fields == 0) return false;
        JsonFormat.FinishWindows(to, "windows-xml"u8);
        return true;
    }

    private static int Walk(in EventWriter to, XmlReader reader)
    {
        // The last name of each open element's path; "EventData.Data" bears the name that its attribute gives it.
        var names = new List<string>(MostDepth);
        var fields = 0;
        while (reader.Read() && fields < MostFields)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth >= MostDepth:
                    to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
                    reader.Skip();
                    break;
                case XmlNodeType.Element:
                    names.RemoveRange(Math.Min(reader.Depth, names.Count), Math.Max(0, names.Count - reader.Depth));
                    names.Add(reader.LocalName);
                    fields += Attributes(to, reader, names);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    if (names.Count == 0 || string.IsNullOrWhiteSpace(reader.Value)) break;
                    names.RemoveRange(Math.Min(reader.Depth, names.Count), Math.Max(0, names.Count - reader.Depth));
                    Put(to, Path(names), reader.Value.Trim('\r', '\n', '\t'));
                    fields++;
                    break;
                case XmlNodeType.EndElement when reader.Depth == 0:
                    return fields;
            }
        }
        if (fields >= MostFields) to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
        return fields;
    }

    private static int Attributes(in EventWriter to, XmlReader reader, List<string> names)
    {
        var (count, isData) = (0, names is [_, "EventData" or "UserData", "Data"]);
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns" || ++count > 20) continue;
            if (isData && reader.LocalName == "Name") names[^1] = "\0" + reader.Value;
            else if (!isData) Put(to, Path(names) + ".#attributes." + reader.LocalName, reader.Value);
        }
        reader.MoveToElement();
        return count;
    }

    /// <summary>The path under which the JSON forms know the same value.</summary>
    private static string Path(List<string> names) => names switch
    {
        ["Event", "RenderingInfo", var name] => name == "Message" ? "Message" : "Event.RenderingInfo." + name,
        [.., { Length: > 0 } data] when data[0] == '\0' => "Event.EventData." + data[1..],
        _ => string.Join('.', names),
    };

    private static void Put(in EventWriter to, string path, string value)
    {
        Span<byte> key = stackalloc byte[200];
        if (!Encoding.UTF8.TryGetBytes(path, key, out var length) || !Names.TryGet(key[..length], out var target))
        {
            to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
            return;
        }
        to.Put(target, Encoding.UTF8.GetBytes(value), -1);
    }
}
