using System.Collections.Concurrent;
using System.Net;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Sightings;

namespace Juming.Site.Assets.Register;

/// <summary>The register in memory, as far as others ask for it. Only the holder of the register's turn writes to it.</summary>
internal sealed class AssetIndex(Networks networks) : IAssetDirectory
{
    // No longer than the watcher keeps silent about what it has told.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, AssetBrief> _assets = new();
    private readonly ConcurrentDictionary<Guid, Guid> _merged = new();
    private readonly ConcurrentDictionary<string, (Guid Asset, DateTimeOffset Seen)> _holders = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _names = new(StringComparer.Ordinal);

    /// <summary>Assets in the register, merged ones included.</summary>
    public int Count => _assets.Count;

    public AssetBrief? Find(string addressOrHost)
    {
        var value = Identity.Address(addressOrHost) ?? Identity.Host(addressOrHost);
        if (value is null || !_holders.TryGetValue(value, out var holder)) return null;
        return Of(holder.Asset);
    }

    public AssetBrief? Of(Guid id)
    {
        for (var i = 0; i < 8 && _merged.TryGetValue(id, out var into); i++) id = into;
        return _assets.GetValueOrDefault(id);
    }

    public IReadOnlyList<AssetBrief> Suggest(string text, int most)
    {
        var named = _assets.Values.Where(a => a.Name.Contains(text, StringComparison.OrdinalIgnoreCase) && !_merged.ContainsKey(a.Id)).OrderBy(a => a.Name, StringComparer.CurrentCulture).Take(most);
        return Find(text) is { } holder ? [holder, .. named.Where(a => a.Id != holder.Id).Take(most - 1)] : [.. named];
    }

    public bool IsInternal(string address) => IPAddress.TryParse(address, out var parsed) && networks.Contains(parsed);

    /// <summary>Host names that begin as this one does: "web01.corp.example" and "web01".</summary>
    public IEnumerable<string> Namesakes(string host) => _names.TryGetValue(Identity.Label(host), out var names) ? names.Keys : [];

    /// <summary>False when certainly no asset in the store holds an address, name or hardware address.</summary>
    public bool MayHold(string value) => _holders.ContainsKey(value);

    /// <summary>True when an asset is known to have held an address around a time, so that one more sight of it alone tells nothing.</summary>
    public bool IsFresh(string address, DateTimeOffset at) =>
        _holders.TryGetValue(address, out var holder) && holder.Asset != Guid.Empty && (at - holder.Seen).Duration() < Freshness;

    /// <summary>Takes in an asset as it is stored.</summary>
    public void Put(AssetRow row)
    {
        _assets[row.Id] = new AssetBrief(row.Id, row.Name, (AssetImportance)row.Importance, row.Business, row.Owner);
        if (row.MergedInto is { } into) _merged[row.Id] = into;
        else _merged.TryRemove(row.Id, out _);
    }

    /// <summary>Takes in an identity as it is stored; the holder seen last answers for it.</summary>
    public void Put(IdentityRow row)
    {
        if (row.Kind == IdentityKind.Host) _names.GetOrAdd(Identity.Label(row.Value), _ => new ConcurrentDictionary<string, byte>(StringComparer.Ordinal))[row.Value] = 0;
        if (!_holders.TryGetValue(row.Value, out var holder) || holder.Asset == row.AssetId || holder.Seen <= row.LastSeen) _holders[row.Value] = (row.AssetId, row.LastSeen);
    }

    /// <summary>Forgets an identity of an asset.</summary>
    public void Drop(IdentityRow row)
    {
        // The value stays, held by nobody: another asset in the store may hold it too.
        if (_holders.TryGetValue(row.Value, out var holder) && holder.Asset == row.AssetId) _holders[row.Value] = (Guid.Empty, DateTimeOffset.MinValue);
    }

    /// <summary>Forgets an asset.</summary>
    public void Drop(Guid asset)
    {
        _assets.TryRemove(asset, out _);
        _merged.TryRemove(asset, out _);
    }
}
