using Google.Protobuf;
using Juming.Platform.Links.Egress.Ledger;

namespace Juming.Platform.Links;

/// <summary>A field as people read it.</summary>
/// <param name="Name">Name in <c>egress.proto</c>, or a mail's header.</param>
/// <param name="Class">Its class; "Text" where none applies.</param>
/// <param name="Value">Its value.</param>
/// <param name="At">The value as an instant, when it is one.</param>
public sealed record ShownField(string Name, string Class, string Value, DateTimeOffset? At = null);

/// <summary>Shows messages that go up as the ledger shows them.</summary>
public static class ReadMessage
{
    /// <summary>Its fields that are set.</summary>
    public static IReadOnlyList<ShownField> Fields(IMessage message) => ShownContent.FieldsOf(message, "");

    /// <summary>Name of a field in the reader's language.</summary>
    public static string NameOf(ShownField field) => LinksTexts.Of("Field." + field.Name);
}
