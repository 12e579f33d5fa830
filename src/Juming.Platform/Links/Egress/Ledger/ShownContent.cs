using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using MimeKit;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Reads kept bytes back into what people can read. They are untrusted: devices and people wrote what stands in mails and calls.</summary>
internal static class ShownContent
{
    private const int MostText = 64 * 1024;

    /// <summary>Hash of an empty content.</summary>
    public static readonly byte[] HashOfNothing = SHA256.HashData([]);

    /// <summary>These are the bytes that were kept.</summary>
    public static bool IsKept(LedgerRow row, byte[] content) => SHA256.HashData(content).AsSpan().SequenceEqual(row.KeptSha256 ?? row.Sha256);

    /// <summary>Fields, text, and bytes of a content.</summary>
    public static async Task<(IReadOnlyList<ShownField> Fields, string? Text, string? Hex)> Of(LedgerRow row, byte[] content, CancellationToken ct)
    {
        if (row.Kind == EgressKind.Message)
            return (UpwardMessages.Read(row.Type, content) is { } message ? FieldsOf(message, "") : [], null, Convert.ToHexStringLower(content));
        if (row.Kind == EgressKind.Mail) return await OfMail(content, ct);
        return TextOf(content) is { } text ? ([], text, null) : ([], null, Convert.ToHexStringLower(content));
    }

    /// <summary>Fields of a message that are set.</summary>
    public static List<ShownField> FieldsOf(IMessage message, string path)
    {
        var shown = new List<ShownField>();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            var kind = (field.GetOptions()?.GetExtension(ClassesExtensions.FieldClass) ?? FieldClass.Unspecified).ToString();
            if (value is IMessage part) shown.AddRange(FieldsOf(part, path + field.Name + "."));
            else if (value is IList { Count: > 0 } list) shown.Add(new ShownField(path + field.Name, kind, string.Join(", ", list.Cast<object>().Select(v => Written(field, v)))));
            else if (value is not IList && IsSet(value)) shown.Add(new ShownField(path + field.Name, kind, Written(field, value), kind == nameof(FieldClass.Timestamp) ? DateTimeOffset.UnixEpoch.AddTicks((long)value * 10) : null));
        }
        return shown;
    }

    private static bool IsSet(object? value) => value switch
    {
        null => false,
        string text => text.Length > 0,
        ByteString bytes => !bytes.IsEmpty,
        _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture) != 0,
    };

    private static string Written(FieldDescriptor field, object value) => value switch
    {
        ByteString { Length: 16 } id when field.GetOptions()?.GetExtension(ClassesExtensions.FieldClass) == FieldClass.OpaqueId => new Guid(id.Span, bigEndian: true).ToString(),
        ByteString { Length: 4 or 16 } address when field.GetOptions()?.GetExtension(ClassesExtensions.FieldClass) == FieldClass.ExternalAddress => new System.Net.IPAddress(address.Span).ToString(),
        ByteString bytes => Convert.ToHexStringLower(bytes.Span),
        Enum number => field.EnumType.FindValueByNumber(Convert.ToInt32(number, CultureInfo.InvariantCulture))?.Name ?? Convert.ToInt64(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static async Task<(IReadOnlyList<ShownField>, string?, string?)> OfMail(byte[] content, CancellationToken ct)
    {
        try
        {
            using var stream = new MemoryStream(content);
            using var mail = await MimeMessage.LoadAsync(stream, ct);
            ShownField[] headers = [new("From", "Text", mail.From.ToString()), new("To", "Text", mail.To.ToString()), new("Subject", "Text", mail.Subject ?? "")];
            return (headers, Shortened(mail.TextBody ?? ""), null);
        }
        catch (FormatException)
        {
            return ([], TextOf(content), null);
        }
    }

    private static string? TextOf(byte[] content)
    {
        try
        {
            return Shortened(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Shortened(string text) => text.Length > MostText ? text[..MostText] : text;
}
