using System.Buffers.Binary;
using System.Globalization;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;

namespace Juming.Cloud.Distribution.Press;

/// <summary>
/// The indicators as they are published: a set in buckets by kind and first bits of the identity, and the changes since. Read from the content itself, so that nothing else has to remember
/// what went out: that one is taken back is only said of what was said before.
/// </summary>
internal sealed class PublishedSet
{
    public const string SetPath = ContentKinds.Intelligence + "/set";
    public const string HotPath = ContentKinds.Intelligence + "/hot";
    private const int MostBits = 12;
    private const int BucketFill = 2000;
    private const int MostCached = 256;

    private readonly IContent _content;
    private readonly Dictionary<string, ContentPart> _buckets;
    private readonly Dictionary<string, Dictionary<Guid, ParcelEntry>> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, ParcelEntry?> _since = [];

    private PublishedSet(IContent content, ContentTarget set, ContentTarget hot, IReadOnlyList<ContentPart> buckets, IReadOnlyList<ContentPart> changes)
    {
        _content = content;
        (Base, End, Changes) = (set.Version, hot.Version, changes);
        _buckets = buckets.ToDictionary(b => b.Name);
        Bits = buckets.Count == 0 ? 0 : int.Parse(buckets[0].Name.Split('.')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Number of the last change that the set holds.</summary>
    public long Base { get; }

    /// <summary>Number of the last change.</summary>
    public long End { get; }

    /// <summary>First bits of the identity that choose the bucket.</summary>
    public int Bits { get; }

    /// <summary>Parcels of changes since the set.</summary>
    public IReadOnlyList<ContentPart> Changes { get; }

    /// <summary>Values that changed since the set.</summary>
    public int ChangedValues => _since.Count;

    /// <summary>What is published; null when nothing is, or not all of it can be read.</summary>
    public static async Task<PublishedSet?> Load(IContent content, IReadOnlyList<ContentTarget> targets, CancellationToken ct)
    {
        if (targets.FirstOrDefault(t => t.Path == SetPath) is not { } set || targets.FirstOrDefault(t => t.Path == HotPath) is not { } hot) return null;
        if (ContentParts.Read(await content.Get(set.Sha256, set.Length, ct)) is not { } buckets || ContentParts.Read(await content.Get(hot.Sha256, hot.Length, ct)) is not { } parcels) return null;
        var published = new PublishedSet(content, set, hot, buckets, parcels);
        foreach (var parcel in parcels)
        {
            if (IndicatorParcel.UnpackChanges(await content.Get(parcel.Sha256, parcel.Length, ct)) is not { } changes) return null;
            foreach (var change in changes) published._since[change.Id] = change.Entry;
        }
        return published;
    }

    /// <summary>The entry of an identity as it went out last; null when none did, or it was taken back.</summary>
    public async Task<ParcelEntry?> Find(Guid id, IndicatorKind kind, CancellationToken ct)
    {
        if (_since.TryGetValue(id, out var since)) return since;
        var name = NameOf(kind, Bits, IndexOf(id, Bits));
        if (!_buckets.TryGetValue(name, out var part)) return null;
        if (!_read.TryGetValue(name, out var bucket))
        {
            if (_read.Count >= MostCached) _read.Clear();
            bucket = (IndicatorParcel.UnpackBucket(await _content.Get(part.Sha256, part.Length, ct)) ?? []).ToDictionary(e => e.Id);
            _read[name] = bucket;
        }
        return bucket.TryGetValue(id, out var entry) ? entry : null;
    }

    /// <summary>Bits for a set of about so many entries.</summary>
    public static int BitsFor(long count)
    {
        var bits = 0;
        while (bits < MostBits && count >> bits > BucketFill) bits++;
        return bits;
    }

    /// <summary>Bucket of an identity. Identities come in the order of their first bytes, so buckets fill one after the other.</summary>
    public static int IndexOf(Guid id, int bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes) >> (16 - bits);
    }

    public static string NameOf(IndicatorKind kind, int bits, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}.{bits}.{index:x}");
}
