using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Software;

/// <summary>Lets one at a time change what software is on assets.</summary>
internal sealed class SoftwareTurn : Turn;

/// <summary>Takes statements about software into the tables, a few hundred assets at a time.</summary>
/// <param name="db">Where to.</param>
/// <param name="most">Most statements that the site keeps.</param>
internal sealed class SoftwareResolver(AssetsDb db, int most)
{
    /// <summary>Most statements of one asset.</summary>
    public const int MostOfAsset = 1000;

    private readonly Dictionary<string, SoftwareRow> _software = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, SoftwareRow> _byId = [];
    private readonly Dictionary<Guid, List<InstallRow>> _installs = [];
    private int _count;

    /// <summary>Statements that found no room.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>Reads what is there of some assets and names.</summary>
    public async Task Load(IReadOnlyCollection<Guid> assets, IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        _count = await db.Installs.CountAsync(ct);
        foreach (var some in assets.Chunk(400))
            foreach (var install in await db.Installs.Where(i => some.Contains(i.AssetId)).ToListAsync(ct)) Of(install.AssetId).Add(install);
        foreach (var some in keys.Distinct().Chunk(200))
            foreach (var row in await db.Software.Where(s => some.Contains(s.Key)).ToListAsync(ct)) Know(row);
        foreach (var some in _installs.Values.SelectMany(i => i).Select(i => i.SoftwareId).Distinct().Where(i => !_byId.ContainsKey(i)).ToList().Chunk(400))
            foreach (var row in await db.Software.Where(s => some.Contains(s.Id)).ToListAsync(ct)) Know(row);
    }

    /// <summary>Takes a statement.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="fact">What is said.</param>
    /// <param name="by">Who said it; empty for logs.</param>
    /// <param name="touched">Gets the rows that it changes, as they were before; null when nobody asks.</param>
    public FactFate Take(Guid asset, SoftwareFact fact, string by, Action<InstallRow, bool>? touched = null)
    {
        var installs = Of(asset);
        if (fact.Gone) return Leave(installs, fact, by, touched);
        var row = _software.GetValueOrDefault(fact.Name.Key);
        var install = row is null ? null : installs.Find(i => i.SoftwareId == row.Id && i.Place == fact.Place);
        if (install is null && (installs.Count >= MostOfAsset || _count >= most))
        {
            TurnedAway++;
            return FactFate.Refused;
        }
        if (row is null)
        {
            row = new SoftwareRow { Key = fact.Name.Key, Vendor = fact.Name.Vendor, Product = fact.Name.Product, Version = fact.Name.Version, Cpe = fact.Name.Cpe, FirstSeen = fact.At };
            db.Add(row);
            Know(row);
        }
        var fate = FactFate.Same;
        if (install is null)
        {
            install = new InstallRow { AssetId = asset, SoftwareId = row.Id, Place = fact.Place, Source = fact.Source, FirstSeen = fact.At, LastSeen = fact.At, By = by };
            touched?.Invoke(install, true);
            db.Add(install);
            installs.Add(install);
            _count++;
            fate = FactFate.Added;
        }
        else
        {
            // Told late, after it was found gone: what is newer stands.
            if (install.GoneAt is { } gone && gone >= fact.At) return FactFate.Same;
            if (install.GoneAt is not null || (fact.Source != SoftwareSource.Log && install.By != by)) touched?.Invoke(install, false);
            if (install.GoneAt is not null) fate = FactFate.Added;
            (install.GoneAt, install.By) = (null, by);
            if (fact.At > install.LastSeen) install.LastSeen = fact.At;
        }
        if (!fact.Coexists && Supersede(installs, install, fact, touched)) return fate == FactFate.Same ? FactFate.Changed : fate == FactFate.Added ? FactFate.Changed : fate;
        return fate;
    }

    /// <summary>What a statement would do, without doing it.</summary>
    public FactFate Foresee(Guid asset, SoftwareFact fact)
    {
        var installs = Of(asset);
        var row = _software.GetValueOrDefault(fact.Name.Key);
        var install = row is null ? null : installs.Find(i => i.SoftwareId == row.Id && i.Place == fact.Place);
        if (install is null && (installs.Count >= MostOfAsset || _count >= most)) return FactFate.Refused;
        if (!fact.Coexists && installs.Exists(i => IsOther(i, row?.Id, fact))) return FactFate.Changed;
        return install is { GoneAt: null } ? FactFate.Same : FactFate.Added;
    }

    private bool Supersede(List<InstallRow> installs, InstallRow install, SoftwareFact fact, Action<InstallRow, bool>? touched)
    {
        var others = installs.Where(i => i != install && IsOther(i, install.SoftwareId, fact)).ToList();
        foreach (var other in others)
        {
            touched?.Invoke(other, false);
            other.GoneAt = fact.At;
        }
        return others.Count > 0;
    }

    // Another version of the same product at the same place; what was seen later than this is no older version.
    private bool IsOther(InstallRow other, Guid? software, SoftwareFact fact) =>
        other.GoneAt is null && other.Place == fact.Place && other.Source == fact.Source && other.SoftwareId != software && other.LastSeen <= fact.At && _byId.TryGetValue(other.SoftwareId, out var row) && NameOf(row).ProductKey == fact.Name.ProductKey;

    private FactFate Leave(List<InstallRow> installs, SoftwareFact fact, string by, Action<InstallRow, bool>? touched)
    {
        var fate = FactFate.Same;
        foreach (var install in installs.Where(i => i.GoneAt is null && i.Place == fact.Place && i.LastSeen <= fact.At && _byId.TryGetValue(i.SoftwareId, out var row) && NameOf(row) is var name && name.ProductKey == fact.Name.ProductKey && (fact.Name.Version.Length == 0 || name.Version == fact.Name.Version)))
        {
            touched?.Invoke(install, false);
            (install.GoneAt, install.By, fate) = (fact.At, by, FactFate.Changed);
        }
        return fate;
    }

    private static SoftwareName NameOf(SoftwareRow row) => new(row.Vendor, row.Product, row.Version, row.Cpe);

    private List<InstallRow> Of(Guid asset)
    {
        if (!_installs.TryGetValue(asset, out var list)) _installs[asset] = list = [];
        return list;
    }

    private void Know(SoftwareRow row)
    {
        _software[row.Key] = row;
        _byId[row.Id] = row;
    }
}
