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

    /// <summary>Facts of the set, under the names of its buckets; facts of the changes, under those of their parcels. Releases that know nothing of them read the others.</summary>
    public const string SetFactsPath = ContentKinds.Intelligence + "/set-facts";
    public const string HotFactsPath = ContentKinds.Intelligence + "/hot-facts";
    private const int MostBits = 12;
    private const int BucketFill = 2000;
    private const int MostCached = 256;

    private readonly IContent _content;
    private readonly Dictionary<string, ContentPart> _buckets;
    private readonly Dictionary<string, Dictionary<Guid, ParcelEntry>> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, ParcelEntry?> _since = [];

    private readonly Dictionary<string, ContentPart> _facts;

    private PublishedSet(IContent content, ContentTarget set, ContentTarget hot, IReadOnlyList<ContentPart> buckets, IReadOnlyList<ContentPart> facts)
    {
        (_content, _facts) = (content, facts.ToDictionary(f => f.Name));
        (Base, End) = (set.Version, hot.Version);
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
    public IReadOnlyList<ContentPart> Changes { get; private init; } = [];

    /// <summary>Facts of the changes.</summary>
    public IReadOnlyList<ContentPart> ChangeFacts { get; private init; } = [];

    /// <summary>Values that changed since the set.</summary>
    public int ChangedValues => _since.Count;

    /// <summary>What is published; null when nothing is, or not all of it can be read.</summary>
    public static async Task<PublishedSet?> Load(IContent content, IReadOnlyList<ContentTarget> targets, CancellationToken ct)
    {
        if (targets.FirstOrDefault(t => t.Path == SetPath) is not { } set || targets.FirstOrDefault(t => t.Path == HotPath) is not { } hot) return null;
        if (ContentParts.Read(await content.Get(set.Sha256, set.Length, ct)) is not { } buckets || ContentParts.Read(await content.Get(hot.Sha256, hot.Length, ct)) is not { } parcels) return null;
        // Published by a release that knew nothing of facts: it is made anew with them.
        if (await Facts(content, targets, SetFactsPath, ct) is not { } facts || await Facts(content, targets, HotFactsPath, ct) is not { } changeFacts) return null;
        var published = new PublishedSet(content, set, hot, buckets, facts) { Changes = parcels, ChangeFacts = changeFacts };
        foreach (var parcel in parcels)
        {
            if (await published.Unpack(parcel, ct) is not { } changes) return null;
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
            var (values, facts) = (await Bytes(part, ct), await Bytes(_facts.GetValueOrDefault(name), ct));
            bucket = (IndicatorParcel.UnpackBucket(values, facts) ?? []).ToDictionary(e => e.Id);
            _read[name] = bucket;
        }
        return bucket.TryGetValue(id, out var entry) ? entry : null;
    }

    /// <summary>The changes of a parcel; null when it can't be read.</summary>
    public async Task<IReadOnlyList<ParcelChange>?> Unpack(ContentPart parcel, CancellationToken ct)
    {
        var (values, facts) = (await Bytes(parcel, ct), await Bytes(ChangeFacts.FirstOrDefault(f => f.Name == parcel.Name), ct));
        return IndicatorParcel.UnpackChanges(values, facts);
    }

    private async Task<byte[]> Bytes(ContentPart? part, CancellationToken ct) => part is null ? [] : await _content.Get(part.Sha256, part.Length, ct);

    private static async Task<IReadOnlyList<ContentPart>?> Facts(IContent content, IReadOnlyList<ContentTarget> targets, string path, CancellationToken ct) =>
        targets.FirstOrDefault(t => t.Path == path) is { } target ? ContentParts.Read(await content.Get(target.Sha256, target.Length, ct)) : null;

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
