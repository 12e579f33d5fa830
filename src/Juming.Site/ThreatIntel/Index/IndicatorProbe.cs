using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>A value that an index knows.</summary>
/// <param name="Tag">What the caller gave with the value.</param>
/// <param name="Mark">What is known of the indicator.</param>
/// <param name="Place">0 for the index, or the number of the layer above it.</param>
internal readonly record struct IndicatorHit(int Tag, IndicatorMark Mark, byte Place = 0);

/// <summary>
/// Looks many values up at once. Values are added as they stand in events; each is brought to its normal form at once and gives one key or some, and all keys are looked up together. One
/// worker's own; allocates nothing after its first rounds.
/// </summary>
internal sealed class IndicatorProbe
{
    private const int Room = 1024;

    private readonly byte[] _normal = new byte[UrlForm.Longest];
    private readonly List<IndicatorHit> _hits = [];
    private ulong[] _keys = new ulong[Room];
    private ulong[] _marks = new ulong[Room];
    private int[] _tags = new int[Room];
    private int _count;
    private IndicatorView _view = IndicatorView.Empty;

    /// <summary>Keys that have been looked up since it was made.</summary>
    public long Looked { get; private set; }

    /// <summary>Forgets what was added and turns to what is in force.</summary>
    public void Begin(IndicatorView view)
    {
        (_view, _count) = (view, 0);
        _hits.Clear();
    }

    /// <summary>The same for an index alone.</summary>
    public void Begin(IndicatorIndex index) => Begin(ReferenceEquals(_view.Index, index) && _view.Layers.Count == 0 ? _view : new IndicatorView(index, []));

    /// <summary>Adds a value; what is no value of its kind is passed over.</summary>
    /// <param name="kind">Address, Domain, Url, Email, or any hash.</param>
    /// <param name="value">The value as it stands in the event.</param>
    /// <param name="tag">Given back with a hit.</param>
    public void Add(IndicatorKind kind, ReadOnlySpan<byte> value, int tag)
    {
        switch (kind)
        {
            case IndicatorKind.Address:
                if (NetAddress.TryReadV4(value, out var v4)) AddV4(v4, tag);
                else if (NetAddress.TryRead(value, out var address)) Add(address, tag);
                break;
            case IndicatorKind.Domain:
                if (DomainForm.TryWrite(value, _normal, out var name)) AddName(_normal.AsSpan(0, name), tag);
                else if (NetAddress.TryRead(value, out var literal)) Add(literal, tag);
                break;
            case IndicatorKind.Url:
                if (UrlForm.TryWrite(value, _normal, out var length)) AddUrl(_normal.AsSpan(0, length), tag);
                break;
            case IndicatorKind.Email:
                if (EmailForm.TryWrite(value, _normal, out var mail)) Add(IndicatorKeys.OfEmail(_normal.AsSpan(0, mail)), tag);
                break;
            case IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256:
                Span<byte> digest = stackalloc byte[32];
                if (HexForm.TryRead(value, digest, out _)) Add(IndicatorKeys.OfDigest(digest[..(value.Length / 2)]), tag);
                break;
        }
    }

    /// <summary>Adds a URL whose host is looked up by itself already.</summary>
    public void AddPath(ReadOnlySpan<byte> url, int tag)
    {
        if (UrlForm.TryWrite(url, _normal, out var length)) AddUrlAlone(_normal.AsSpan(0, length), tag);
    }

    /// <summary>Looks up what was added. A hit is one of fingerprints: <see cref="IndicatorConfirmation"/> holds it against the value.</summary>
    public ReadOnlySpan<IndicatorHit> Run()
    {
        Looked += _count;
        if (_view.Index is { } index && index.FindAll(_keys.AsSpan(0, _count), _marks) > 0)
            for (var i = 0; i < _count; i++)
                if (_marks[i] != 0) Hit(_tags[i], new(_marks[i]), 0);
        for (var layer = 0; layer < _view.Layers.Count; layer++) RunLayer(_view.Layers[layer], (byte)(layer + 1));
        _count = 0;
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hits);
    }

    private void RunLayer(IndicatorLayer layer, byte place)
    {
        for (var i = 0; i < _count; i++)
            if (layer.Find(_keys[i]) is { IsNone: false } mark) Hit(_tags[i], mark, place);
    }

    private void Hit(int tag, IndicatorMark mark, byte place)
    {
        // A negative tag is that of a name's parent, which an exact indicator does not stand for.
        if (tag < 0 && mark.IsExact) return;
        _hits.Add(new(tag < 0 ? ~tag : tag, mark, place));
    }

    private void Add(NetAddress address, int tag)
    {
        Add(IndicatorKeys.OfAddress(address), tag);
        if (_view.HasNetworks) AddNetworks(address, tag);
    }

    private void AddV4(uint address, int tag)
    {
        Add(IndicatorKeys.OfV4(address), tag);
        if (_view.HasNetworks) AddNetworks(new(address, true), tag);
    }

    private void AddNetworks(NetAddress address, int tag)
    {
        if (_view.Index is { HasNetworks: true } index && index.FindNetwork(address) is { IsNone: false } mark) _hits.Add(new(tag, mark));
        for (var layer = 0; layer < _view.Layers.Count; layer++)
            if (_view.Layers[layer].FindNetwork(address) is { IsNone: false } above) _hits.Add(new(tag, above, (byte)(layer + 1)));
    }

    private void AddName(ReadOnlySpan<byte> normal, int tag)
    {
        if (_count + IndicatorKeys.MostSuffixes > _keys.Length) Grow();
        var count = IndicatorKeys.OfSuffixes(normal, _view.Depths, _keys.AsSpan(_count), out var whole);
        for (var i = 0; i < count; i++) _tags[_count + i] = i == whole ? tag : ~tag;
        _count += count;
    }

    /// <summary>The URL, the URL without its query, and its host: an indicator of each matches it.</summary>
    private void AddUrl(ReadOnlySpan<byte> normal, int tag)
    {
        AddUrlAlone(normal, tag);
        var host = normal[UrlForm.HostOf(normal)];
        if (NetAddress.TryRead(host, out var address)) Add(address, tag);
        else AddName(host, tag);
    }

    private void AddUrlAlone(ReadOnlySpan<byte> normal, int tag)
    {
        Add(IndicatorKeys.OfUrl(normal), tag);
        if (normal.IndexOf((byte)'?') is > 0 and var query) Add(IndicatorKeys.OfUrl(normal[..query]), tag);
    }

    private void Add(ulong key, int tag)
    {
        if (_count == _keys.Length) Grow();
        (_keys[_count], _tags[_count]) = (key, tag);
        _count++;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        Array.Resize(ref _marks, _keys.Length);
        Array.Resize(ref _tags, _keys.Length);
    }
}
