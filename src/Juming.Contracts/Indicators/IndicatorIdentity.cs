using System.Text;

namespace Juming.Contracts.Indicators;

/// <summary>Identities made of kind and value: two readings of one value meet without a look-up, on every tier.</summary>
public static class IndicatorIdentity
{
    /// <summary>The identity of a value.</summary>
    public static Guid Of(IndicatorValue value)
    {
        var length = Encoding.UTF8.GetByteCount(value.Value);
        Span<byte> text = stackalloc byte[1 + length];
        text[0] = (byte)value.Kind;
        Encoding.UTF8.GetBytes(value.Value, text[1..]);
        return HashedId.Of(text);
    }
}
