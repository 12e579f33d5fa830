using System.Xml;
using System.Xml.Linq;

namespace Juming.Platform.Notify.Calls;

/// <summary>Reads XML of one level from somebody who may be anybody: no document type, no entities, no addresses, and not much of it.</summary>
internal static class FlatXml
{
    /// <summary>Most that is read, in bytes as in characters.</summary>
    public const int Most = 64 * 1024;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = Most };

    /// <summary>Names and texts below the root; null when it is not XML, has more than that, or says something twice.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            var values = new Dictionary<string, string>();
            foreach (var element in XDocument.Load(reader).Root!.Elements())
                if (!values.TryAdd(element.Name.LocalName, element.HasElements ? "" : element.Value)) return null;
            return values;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
