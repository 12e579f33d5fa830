using System.Collections;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using Juming.Platform.Http;

namespace Juming.Platform.Links.Egress.Gate;

/// <summary>Holds every field of a message against its class.</summary>
/// <param name="own">Know the customer's addresses.</param>
/// <param name="known">Know the domains that came from above.</param>
/// <param name="useDictionaries">False only in the test that shows what would leak without them.</param>
internal sealed class FieldCheck(IReadOnlyList<IOwnAddresses> own, IReadOnlyList<IKnownDomains> known, bool useDictionaries)
{
    // Microseconds of 2020-01-01 and 2100-01-01: a number outside is no instant of this program.
    private const long Earliest = 1_577_836_800_000_000;
    private const long Latest = 4_102_444_800_000_000;
    private const int IdentityBytes = 16;

    /// <summary>What was found.</summary>
    /// <param name="Field">The first field that does not hold what its class allows; null when all do.</param>
    /// <param name="Reason">Why, a stable code.</param>
    /// <param name="LabelBytes">Bytes of words.</param>
    public readonly record struct Finding(string? Field, string? Reason, int LabelBytes);

    /// <summary>Looks at all fields of a message, those of messages in it as well.</summary>
    /// <param name="message">The message, without unknown fields.</param>
    public Finding Of(IMessage message)
    {
        var labels = 0;
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            foreach (var value in ValuesOf(field, message))
            {
                var (inner, reason, more) = value is IMessage part ? Of(part) : new Finding(null, Refusal(field, value, out var bytes), bytes);
                if (reason is not null) return new Finding(inner is null ? field.Name : field.Name + "." + inner, reason, 0);
                labels += more;
            }
            if (field.IsRepeated && field.Accessor.GetValue(message) is IList list && list.Count > MostItems(field)) return new Finding(field.Name, "too-many", 0);
        }
        return new Finding(null, null, labels);
    }

    private static IEnumerable<object> ValuesOf(FieldDescriptor field, IMessage message)
    {
        var value = field.Accessor.GetValue(message);
        if (field.IsMap) return [new object()];
        if (field.IsRepeated) return ((IList)value).Cast<object>();
        // What is not set is not sent.
        return value is null || IsBlank(value) ? [] : [value];
    }

    private string? Refusal(FieldDescriptor field, object value, out int labelBytes)
    {
        labelBytes = 0;
        var options = field.GetOptions();
        var longest = (int)(options?.GetExtension(ClassesExtensions.MaxLen) ?? 0);
        switch (options?.GetExtension(ClassesExtensions.FieldClass) ?? FieldClass.Unspecified)
        {
            case FieldClass.Counter:
                return NumberOf(value) is { } count && count <= options!.GetExtension(ClassesExtensions.AtMost) ? null : "out-of-range";
            case FieldClass.EnumId:
                return field.FieldType == FieldType.Enum && field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture)) is not null ? null : "unknown-value";
            case FieldClass.OpaqueId:
                return value is ByteString { Length: IdentityBytes } ? null : "no-identity";
            case FieldClass.Timestamp:
                return value is long and >= Earliest and < Latest ? null : "no-instant";
            case FieldClass.Ratio:
                return NumberOf(value) is <= 1000 ? null : "out-of-range";
            case FieldClass.Severity:
                return NumberOf(value) is >= 1 and <= 5 ? null : "out-of-range";
            case FieldClass.Label:
                if (value is not string word || word.Length > longest) return "too-long";
                labelBytes = System.Text.Encoding.UTF8.GetByteCount(word);
                return !useDictionaries || Dictionaries.Holds(options!.GetExtension(ClassesExtensions.Dictionary), word) ? null : "not-in-dictionary";
            case FieldClass.Signature:
                return value is ByteString signature && signature.Length <= longest ? null : "too-long";
            case FieldClass.ExternalAddress:
                return AddressOf(value) is not { } address ? "no-address" : !AddressRules.IsPublic(address) || own.Count == 0 || own.Any(o => o.IsOwn(address)) ? "own-address" : null;
            case FieldClass.KnownDomain:
                if (value is not string domain || domain.Length > longest) return "too-long";
                labelBytes = System.Text.Encoding.UTF8.GetByteCount(domain);
                return known.Any(k => k.IsKnown(domain)) ? null : "unknown-domain";
            case FieldClass.FileHash:
                return value is ByteString { Length: 16 or 20 or 32 } ? null : "no-hash";
            default:
                return "no-class";
        }
    }

    /// <summary>The address of 4 or 16 bytes; one that hides another in it is none.</summary>
    private static IPAddress? AddressOf(object value) => value is ByteString { Length: 4 or 16 } bytes && new IPAddress(bytes.Span) is { IsIPv4MappedToIPv6: false } address ? address : null;

    private static int MostItems(FieldDescriptor field) => (int)(field.GetOptions()?.GetExtension(ClassesExtensions.MostItems) ?? 0);

    private static ulong? NumberOf(object value) => value switch { uint n => n, ulong n => n, _ => null };

    private static bool IsBlank(object value) => value switch
    {
        string text => text.Length == 0,
        ByteString bytes => bytes.IsEmpty,
        bool flag => !flag,
        uint or ulong or int or long or float or double => Convert.ToDecimal(value, CultureInfo.InvariantCulture) == 0,
        Enum number => Convert.ToInt64(number, CultureInfo.InvariantCulture) == 0,
        _ => false,
    };
}
