using Juming.Site.Assets.Data;
using Juming.Site.Assets.Sightings;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Register;

/// <summary>
/// Decides which asset a sighting belongs to: a hardware address outweighs a host name, a host name outweighs an address. An address that turns up
/// with another host name has moved (DHCP): both assets keep it with the time they were seen with it, and the one seen last answers for it.
/// </summary>
internal sealed class Resolver(AssetsDb db, int room, Func<string, bool> mayClaim)
{
    // More addresses at once behind one hardware address is a router or a proxy, and says nothing of the machine.
    private const int MostAddressesOfMac = 4;
    private const int MostIdentities = 48;
    private const int MostUsers = 50;

    private readonly Dictionary<(IdentityKind, string), List<IdentityRow>> _holders = [];
    private readonly Dictionary<Guid, List<IdentityRow>> _identities = [];
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, List<AssetUserRow>> _users = [];
    private readonly Dictionary<Guid, AssetRow> _assets = [];

    /// <summary>Assets that found no room.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>New assets.</summary>
    public int Added { get; private set; }

    /// <summary>Addresses and names that came to an asset which matters.</summary>
    public List<string> Reweighed { get; } = [];

    /// <summary>Reads everything that these values touch.</summary>
    public async Task Load(IReadOnlyCollection<string> values, CancellationToken ct)
    {
        var ids = new HashSet<Guid>();
        foreach (var some in values.Chunk(400))
            ids.UnionWith(await db.Identities.Where(i => some.Contains(i.Value)).Select(i => i.AssetId).Distinct().ToListAsync(ct));
        foreach (var some in ids.ToArray().Chunk(400))
            ids.UnionWith(await db.Assets.Where(a => some.Contains(a.Id) && a.MergedInto != null).Select(a => a.MergedInto!.Value).ToListAsync(ct));
        foreach (var some in ids.Chunk(400))
        {
            foreach (var asset in await db.Assets.Where(a => some.Contains(a.Id)).ToListAsync(ct)) Know(asset);
            foreach (var identity in await db.Identities.Where(i => some.Contains(i.AssetId)).ToListAsync(ct)) Know(identity);
            foreach (var user in await db.Users.Where(u => some.Contains(u.AssetId)).ToListAsync(ct)) _users[user.AssetId].Add(user);
        }
    }

    /// <summary>Takes in one sighting; false when no asset came of it.</summary>
    public bool Take(in Sighting seen, DateTimeOffset now)
    {
        var at = DateTimeOffset.UnixEpoch.AddTicks(seen.At * 10);
        if (at > now) at = now;
        var mac = seen.Mac is { } hardware && !IsRouter(hardware, seen.Address, at) ? hardware : null;
        var byMac = Latest(IdentityKind.Mac, mac);
        var byHost = Latest(IdentityKind.Host, seen.Host) ?? Namesake(seen.Host);
        var byAddress = Latest(IdentityKind.Address, seen.Address);
        var asset = byMac ?? byHost;
        if (asset is null && byAddress is not null && Fits(byAddress, seen.Host, mac)) asset = byAddress;
        asset ??= Make(seen, now, at);
        if (asset is null) return false;
        if (byAddress is not null && byAddress.Id != asset.Id && byAddress.IsBare && _identities[byAddress.Id].Count == 1 && _users[byAddress.Id].Count == 0) Absorb(byAddress, asset);
        Note(asset, IdentityKind.Mac, mac, at);
        Note(asset, IdentityKind.Host, seen.Host, at);
        Note(asset, IdentityKind.Address, seen.Address, at);
        if (seen.User is { } user) Note(asset, user, at);
        if (at > asset.LastSeen) asset.LastSeen = at;
        if (at < asset.FirstSeen) asset.FirstSeen = at;
        // Whatever people said of it: a machine that speaks is there.
        if (asset.State == AssetState.Retired && at > asset.UpdatedAt) asset.State = AssetState.Active;
        if (!asset.Named && BestName(asset) is { } name) asset.Name = name;
        return true;
    }

    /// <summary>
    /// The asset that is known by the short form of a name, or by the only long form of it. Two long forms, or two assets, leave it open: both stay,
    /// and a person is asked.
    /// </summary>
    private AssetRow? Namesake(string? host)
    {
        if (host is null || !_names.TryGetValue(Identity.Label(host), out var names)) return null;
        if (names.Append(host).Where(n => n.Contains('.', StringComparison.Ordinal)).Distinct().Count() != 1) return null;
        var assets = names.Select(n => Latest(IdentityKind.Host, n)).Where(a => a is not null).Distinct().ToList();
        return assets.Count == 1 ? assets[0] : null;
    }

    private bool IsRouter(string mac, string? address, DateTimeOffset at)
    {
        if (Latest(IdentityKind.Mac, mac) is not { } holder) return false;
        var others = 0;
        foreach (var identity in _identities[holder.Id])
            if (identity.Kind == IdentityKind.Address && identity.Value != address && at - identity.LastSeen < TimeSpan.FromHours(1)) others++;
        return others >= MostAddressesOfMac;
    }

    /// <summary>True when nothing that the asset is known by speaks against the sighting.</summary>
    private bool Fits(AssetRow asset, string? host, string? mac)
    {
        foreach (var identity in _identities[asset.Id])
        {
            if (mac is not null && identity.Kind == IdentityKind.Mac && identity.Value != mac) return false;
            if (host is not null && identity.Kind == IdentityKind.Host && Identity.Label(identity.Value) != Identity.Label(host)) return false;
        }
        return true;
    }

    private AssetRow? Make(in Sighting seen, DateTimeOffset now, DateTimeOffset at)
    {
        // What nobody answers for yet: hearsay counts only from those who name few machines, so that a sweep does not fill the register.
        if (seen.From is { } from && !mayClaim(from)) return null;
        if (Added >= room)
        {
            TurnedAway++;
            return null;
        }
        Added++;
        var row = new AssetRow { Name = seen.Host ?? seen.Address ?? seen.Mac ?? "", FirstSeen = at, LastSeen = at, UpdatedAt = now };
        db.Add(row);
        Know(row);
        return row;
    }

    private void Absorb(AssetRow bare, AssetRow into)
    {
        foreach (var identity in _identities[bare.Id].ToList())
        {
            Note(into, identity.Kind, identity.Value, identity.FirstSeen);
            Note(into, identity.Kind, identity.Value, identity.LastSeen);
            Forget(identity);
        }
        if (bare.FirstSeen < into.FirstSeen) into.FirstSeen = bare.FirstSeen;
        _assets.Remove(bare.Id);
        db.Remove(bare);
    }

    private void Note(AssetRow asset, IdentityKind kind, string? value, DateTimeOffset at)
    {
        if (value is null) return;
        var own = _identities[asset.Id];
        foreach (var identity in own)
            if (identity.Kind == kind && identity.Value == value)
            {
                if (at > identity.LastSeen) identity.LastSeen = at;
                if (at < identity.FirstSeen) identity.FirstSeen = at;
                return;
            }
        if (own.Count >= MostIdentities) Forget(own.MinBy(i => i.LastSeen)!);
        var row = new IdentityRow { AssetId = asset.Id, Kind = kind, Value = value, FirstSeen = at, LastSeen = at };
        db.Add(row);
        Know(row);
        if (asset.Importance > 0) Reweighed.Add(value);
    }

    private void Note(AssetRow asset, string user, DateTimeOffset at)
    {
        var own = _users[asset.Id];
        var row = own.Find(u => u.Name == user);
        if (row is null)
        {
            if (own.Count >= MostUsers)
            {
                var oldest = own.MinBy(u => u.LastSeen)!;
                own.Remove(oldest);
                db.Remove(oldest);
            }
            row = new AssetUserRow { AssetId = asset.Id, Name = user, FirstSeen = at, LastSeen = at };
            own.Add(row);
            db.Add(row);
        }
        if (at > row.LastSeen) row.LastSeen = at;
        if (at < row.FirstSeen) row.FirstSeen = at;
    }

    private AssetRow? Latest(IdentityKind kind, string? value)
    {
        if (value is null || !_holders.TryGetValue((kind, value), out var holders)) return null;
        var latest = holders.MaxBy(h => h.LastSeen);
        if (latest is null || !_assets.TryGetValue(latest.AssetId, out var asset)) return null;
        return asset.MergedInto is { } into && _assets.TryGetValue(into, out var target) ? target : asset;
    }

    private string? BestName(AssetRow asset)
    {
        var best = _identities[asset.Id].Where(i => i.Kind == IdentityKind.Host).MaxBy(i => i.LastSeen) ?? _identities[asset.Id].Where(i => i.Kind == IdentityKind.Address).MaxBy(i => i.LastSeen);
        return best?.Value;
    }

    private void Know(AssetRow asset)
    {
        _assets[asset.Id] = asset;
        _identities.TryAdd(asset.Id, []);
        _users.TryAdd(asset.Id, []);
    }

    private void Know(IdentityRow identity)
    {
        _identities[identity.AssetId].Add(identity);
        if (!_holders.TryGetValue((identity.Kind, identity.Value), out var holders)) _holders[(identity.Kind, identity.Value)] = holders = [];
        holders.Add(identity);
        if (identity.Kind != IdentityKind.Host) return;
        if (!_names.TryGetValue(Identity.Label(identity.Value), out var names)) _names[Identity.Label(identity.Value)] = names = new HashSet<string>(StringComparer.Ordinal);
        names.Add(identity.Value);
    }

    private void Forget(IdentityRow identity)
    {
        _identities[identity.AssetId].Remove(identity);
        _holders[(identity.Kind, identity.Value)].Remove(identity);
        db.Remove(identity);
    }
}
