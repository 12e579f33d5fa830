using System.Buffers;

namespace Juming.Contracts.Indicators;

/// <summary>Hashes of files: lower-case hexadecimal digits, whose number tells the kind.</summary>
public static class HexForm
{
    private static readonly string[] Empty =
    [
        "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ];

    /// <summary>The kind of a hash with so many digits; None for any other number.</summary>
    public static IndicatorKind KindOf(int digits) => digits switch { 32 => IndicatorKind.Md5, 40 => IndicatorKind.Sha1, 64 => IndicatorKind.Sha256, _ => IndicatorKind.None };

    /// <summary>Reads a hash into its bytes: 16, 20 or 32.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> to, out IndicatorKind kind)
    {
        kind = KindOf(text.Length);
        if (kind == IndicatorKind.None) return false;
        return Convert.FromHexString(text, to, out _, out _) == OperationStatus.Done;
    }

    /// <summary>True for the hash of an empty file and for digits that are all the same.</summary>
    public static bool SaysNothing(ReadOnlySpan<char> normal) => Empty.AsSpan().Contains(normal.ToString()) || normal.TrimStart(normal[0]).IsEmpty;

    /// <summary>The value of a hexadecimal digit; below zero when it is none.</summary>
    internal static int Value(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
