using System.Buffers;
using System.Text;
using static Juming.Contracts.ParcelBytes;

namespace Juming.Contracts.Indicators;

/// <summary>An indicator as it travels.</summary>
/// <param name="Value">Kind and normal form.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Severity">1 low to 4 critical.</param>
/// <param name="Tlp">How far it may travel, 0 anybody to 4 nobody.</param>
/// <param name="Threat">Number of what it is a sign of; 0 for not said.</param>
/// <param name="Sources">Independent sources that name it, at most 255.</param>
public readonly record struct ParcelEntry(IndicatorValue Value, int Confidence, int Severity, int Tlp, int Threat, int Sources)
{
    /// <summary>Identity.</summary>
    public Guid Id => IndicatorIdentity.Of(Value);

    /// <summary>What else is said of it; travels in a parcel of its own.</summary>
    public ParcelFacts Facts { get; init; }
}

/// <summary>A change of a set: an entry that is new or says something else, or one that no longer counts.</summary>
/// <param name="Entry">The entry; null for one that is gone.</param>
/// <param name="Gone">Identity of the one that is gone; no value, for it says nothing any more.</param>
public readonly record struct ParcelChange(ParcelEntry? Entry, Guid Gone)
{
    /// <summary>Identity of what changed.</summary>
    public Guid Id => Entry is { } entry ? entry.Id : Gone;
}

/// <summary>
/// How indicators are packed for the way: a bucket is sorted and written column by column, values by what they share with the one before; changes are written one after the other.
/// Both are packed with Brotli behind their unpacked length, so that who unpacks knows beforehand how much comes.
/// </summary>
public static partial class IndicatorParcel
{
    /// <summary>Most bytes that a parcel has unpacked.</summary>
    public const int MostBytes = ParcelBytes.MostBytes;

    private const uint BucketMark = 0x31424D4A;
    private const uint ChangesMark = 0x31434D4A;
    private const int Quality = 5;

    /// <summary>Packs a bucket of one kind.</summary>
    /// <param name="kind">Kind of all of them.</param>
    /// <param name="entries">They, in any order.</param>
    /// <param name="facts">The parcel of their facts; null when there are none.</param>
    public static byte[] PackBucket(IndicatorKind kind, IEnumerable<ParcelEntry> entries, out byte[]? facts)
    {
        var sorted = entries.Select(e => (Key: KeyOf(kind, e.Value.Value), Entry: e)).OrderBy(e => e.Key, ByteOrder).ToList();
        var to = new ArrayBufferWriter<byte>();
        WriteNumber(to, BucketMark);
        WriteByte(to, (int)kind);
        WriteNumber(to, (uint)sorted.Count);
        ReadOnlySpan<byte> before = default;
        foreach (var (key, _) in sorted)
        {
            var shared = before.CommonPrefixLength(key);
            WriteSmall(to, shared);
            WriteSmall(to, key.Length - shared);
            to.Write(key.AsSpan(shared));
            before = key;
        }
        foreach (var (_, e) in sorted) WriteByte(to, e.Confidence);
        foreach (var (_, e) in sorted) WriteByte(to, (e.Severity << 4) | e.Tlp);
        foreach (var (_, e) in sorted) WriteByte(to, e.Threat);
        foreach (var (_, e) in sorted) WriteByte(to, Math.Min(e.Sources, 255));
        var parcel = Pack(to.WrittenSpan, Quality);
        facts = PackFacts(parcel, [.. sorted.Select(e => e.Entry.Facts)]);
        return parcel;
    }

    /// <summary>Unpacks a bucket; null when it is none, or the facts are not those of this bucket.</summary>
    /// <param name="parcel">The bucket.</param>
    /// <param name="factsParcel">Its facts; empty when there are none.</param>
    public static IReadOnlyList<ParcelEntry>? UnpackBucket(ReadOnlySpan<byte> parcel, ReadOnlySpan<byte> factsParcel = default)
    {
        if (Unpack(parcel) is not { } plain) return null;
        var from = new ParcelReader(plain);
        if (from.Number() != BucketMark) return null;
        var kind = (IndicatorKind)from.Byte();
        var count = from.Number();
        if (!Enum.IsDefined(kind) || kind == IndicatorKind.None || count > plain.Length) return null;
        var values = new string[count];
        Span<byte> key = stackalloc byte[UrlForm.Longest];
        for (var i = 0; i < count; i++)
        {
            var (shared, rest) = (from.Small(), from.Small());
            if (from.Broken || shared + rest > key.Length || shared + rest == 0) return null;
            from.Bytes(rest).CopyTo(key[shared..]);
            if (ValueOf(kind, key[..(shared + rest)]) is not { } value) return null;
            values[i] = value;
        }
        var sure = from.Bytes((int)count);
        var grave = from.Bytes((int)count);
        var threats = from.Bytes((int)count);
        var sources = from.Bytes((int)count);
        if (from.Broken || !from.AtEnd || UnpackFacts(factsParcel, parcel, (int)count) is not { } facts) return null;
        var entries = new ParcelEntry[count];
        for (var i = 0; i < count; i++) entries[i] = new ParcelEntry(new(kind, values[i]), Math.Min((int)sure[i], 100), grave[i] >> 4, grave[i] & 0xF, threats[i], sources[i]) { Facts = facts.Of(i) };
        return entries;
    }

    /// <summary>Packs changes in their order.</summary>
    /// <param name="changes">They.</param>
    /// <param name="facts">The parcel of their facts; null when there are none.</param>
    public static byte[] PackChanges(IReadOnlyCollection<ParcelChange> changes, out byte[]? facts)
    {
        var to = new ArrayBufferWriter<byte>();
        WriteNumber(to, ChangesMark);
        WriteNumber(to, (uint)changes.Count);
        foreach (var change in changes)
        {
            if (change.Entry is not { } e)
            {
                WriteByte(to, 0);
                change.Gone.TryWriteBytes(to.GetSpan(16), bigEndian: true, out _);
                to.Advance(16);
                continue;
            }
            var text = Encoding.UTF8.GetBytes(e.Value.Value);
            WriteByte(to, (int)e.Value.Kind);
            WriteSmall(to, text.Length);
            to.Write(text);
            WriteByte(to, e.Confidence);
            WriteByte(to, (e.Severity << 4) | e.Tlp);
            WriteByte(to, e.Threat);
            WriteByte(to, Math.Min(e.Sources, 255));
        }
        var parcel = Pack(to.WrittenSpan, Quality);
        facts = PackFacts(parcel, [.. changes.Select(c => c.Entry?.Facts ?? default)]);
        return parcel;
    }

    /// <summary>Unpacks changes; null when it is no parcel of changes, or the facts are not those of this one.</summary>
    /// <param name="parcel">The changes.</param>
    /// <param name="factsParcel">Their facts; empty when there are none.</param>
    public static IReadOnlyList<ParcelChange>? UnpackChanges(ReadOnlySpan<byte> parcel, ReadOnlySpan<byte> factsParcel = default)
    {
        if (Unpack(parcel) is not { } plain) return null;
        var from = new ParcelReader(plain);
        if (from.Number() != ChangesMark || from.Number() is var count && count > plain.Length || UnpackFacts(factsParcel, parcel, (int)count) is not { } facts) return null;
        var changes = new List<ParcelChange>((int)count);
        for (var i = 0; i < count && !from.Broken; i++)
        {
            var kind = (IndicatorKind)from.Byte();
            if (kind == IndicatorKind.None)
            {
                var id = from.Bytes(16);
                if (!from.Broken) changes.Add(new(null, new Guid(id, bigEndian: true)));
                continue;
            }
            var value = from.Bytes(from.Small());
            if (!Enum.IsDefined(kind) || value.IsEmpty || value.Length > UrlForm.Longest) return null;
            var (sure, grave, threat, sources) = (from.Byte(), from.Byte(), from.Byte(), from.Byte());
            changes.Add(new(new ParcelEntry(new(kind, Encoding.UTF8.GetString(value)), Math.Min(sure, 100), grave >> 4, grave & 0xF, threat, sources) { Facts = facts.Of(i) }, default));
        }
        return from.Broken || !from.AtEnd ? null : changes;
    }

    // A hash as its bytes is half as long, and nothing packs it any further.
    private static byte[] KeyOf(IndicatorKind kind, string value) => IsHash(kind) ? Convert.FromHexString(value) : Encoding.UTF8.GetBytes(value);

    private static string? ValueOf(IndicatorKind kind, ReadOnlySpan<byte> key)
    {
        if (!IsHash(kind)) return Encoding.UTF8.GetString(key);
        return HexForm.KindOf(key.Length * 2) == kind ? Convert.ToHexStringLower(key) : null;
    }

    private static bool IsHash(IndicatorKind kind) => kind is IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256;

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}
