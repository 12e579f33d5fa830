using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using static Juming.Contracts.ParcelBytes;

namespace Juming.Contracts.Indicators;

/// <summary>What is said of an indicator beyond what every one has. Nothing said is the default.</summary>
/// <param name="Family">Name of the threat, such as a family of malware or an actor; null for none.</param>
/// <param name="Techniques">ATT&amp;CK techniques in their order, "T1071.001,T1566"; null for none.</param>
/// <param name="Until">From then on it says nothing, seconds since 1970 UTC; 0 for no end.</param>
public readonly record struct ParcelFacts(string? Family, string? Techniques, uint Until)
{
    /// <summary>Most characters of a family.</summary>
    public const int LongestFamily = 120;

    /// <summary>Most techniques.</summary>
    public const int MostTechniques = 20;

    /// <summary>Facts with nothing in the place of what is empty.</summary>
    public static ParcelFacts Of(string family, string techniques, DateTimeOffset? until) =>
        new(family.Length > 0 ? family : null, techniques.Length > 0 ? techniques : null, until is { } end && end.ToUnixTimeSeconds() is > 0 and <= uint.MaxValue and var seconds ? (uint)seconds : 0);

    /// <summary>The end of it; null for none.</summary>
    public DateTimeOffset? Ends => Until == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Until);
}

/// <summary>
/// Facts lie in a parcel beside that of the values: most indicators share few of them, so each different one stands once and entries name it by its number; and a release that knows nothing of
/// facts reads the values as ever. The parcel says which one it belongs to.
/// </summary>
public static partial class IndicatorParcel
{
    private const uint FactsMark = 0x31464D4A;
    private const int NameBytes = 8;
    private const int MostFamilyBytes = ParcelFacts.LongestFamily * 3;
    private const int MostTechniqueBytes = ParcelFacts.MostTechniques * 10;

    private static byte[]? PackFacts(ReadOnlySpan<byte> parcel, ParcelFacts[] facts)
    {
        if (Array.TrueForAll(facts, f => f == default)) return null;
        var (numbers, words) = (new Dictionary<(string?, string?), int>(), new List<(string? Family, string? Techniques)>());
        foreach (var one in facts)
            if (numbers.TryAdd((one.Family, one.Techniques), words.Count)) words.Add((one.Family, one.Techniques));
        var to = new ArrayBufferWriter<byte>();
        WriteNumber(to, FactsMark);
        to.Write(NameOf(parcel));
        WriteNumber(to, (uint)facts.Length);
        WriteNumber(to, (uint)words.Count);
        foreach (var (family, techniques) in words)
        {
            WriteText(to, family);
            WriteText(to, techniques);
        }
        foreach (var one in facts) WriteSmall(to, numbers[(one.Family, one.Techniques)]);
        foreach (var one in facts) WriteNumber(to, one.Until);
        return Pack(to.WrittenSpan, Quality);
    }

    /// <summary>The facts of a parcel; none of an empty one; null when they can't be read or belong to another.</summary>
    private static FactsColumn? UnpackFacts(ReadOnlySpan<byte> factsParcel, ReadOnlySpan<byte> parcel, int expected)
    {
        if (factsParcel.IsEmpty) return new([], [], []);
        if (Unpack(factsParcel) is not { } plain) return null;
        var from = new ParcelReader(plain);
        if (from.Number() != FactsMark || !from.Bytes(NameBytes).SequenceEqual(NameOf(parcel)) || from.Number() != (uint)expected || from.Number() is var count && count > plain.Length) return null;
        var words = new (string?, string?)[count];
        for (var i = 0; i < count; i++)
        {
            if (ReadText(ref from, MostFamilyBytes, out var family) && ReadText(ref from, MostTechniqueBytes, out var techniques)) words[i] = (family, techniques);
            else return null;
        }
        var (numbers, ends) = (new int[expected], new uint[expected]);
        for (var i = 0; i < expected; i++)
            if ((numbers[i] = from.Small()) >= count) return null;
        for (var i = 0; i < expected; i++) ends[i] = from.Number();
        return from.Broken || !from.AtEnd ? null : new(words, numbers, ends);
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> parcel) => SHA256.HashData(parcel).AsSpan(0, NameBytes);

    private static void WriteText(ArrayBufferWriter<byte> to, string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        WriteSmall(to, bytes.Length);
        to.Write(bytes);
    }

    private static bool ReadText(ref ParcelReader from, int most, out string? text)
    {
        var length = from.Small();
        text = null;
        if (from.Broken || length > most) return false;
        if (length > 0) text = Encoding.UTF8.GetString(from.Bytes(length));
        return !from.Broken;
    }

    private sealed record FactsColumn((string? Family, string? Techniques)[] Words, int[] Numbers, uint[] Ends)
    {
        public ParcelFacts Of(int place) => place < Numbers.Length ? new(Words[Numbers[place]].Family, Words[Numbers[place]].Techniques, Ends[place]) : default;
    }
}
