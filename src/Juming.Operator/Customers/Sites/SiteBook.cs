using Juming.Operator.Customers.Data;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>The units that the caller may see, to name where a site lies.</summary>
internal sealed class SiteBook
{
    private readonly Dictionary<Guid, UnitRow> _units;

    private SiteBook(Dictionary<Guid, UnitRow> units) => _units = units;

    public static async Task<SiteBook> Load(CustomersDb db, CancellationToken ct) => new(await db.Units.AsNoTracking().ToDictionaryAsync(u => u.Id, ct));

    public static SiteState StateOf(PeerStanding? standing) => standing?.State switch
    {
        PeerState.Quarantined => SiteState.Quarantined,
        PeerState.Connected => SiteState.Connected,
        PeerState.Silent => SiteState.Silent,
        PeerState.Invited => SiteState.Invited,
        PeerState.TokenExpired => SiteState.TokenExpired,
        PeerState.Revoked => SiteState.Revoked,
        _ => SiteState.New,
    };

    /// <summary>Names of customer and units down to one.</summary>
    public string PathOf(Guid unit) => string.Join(" / ", Above(unit).Reverse().Select(u => u.Name));

    /// <summary>Whether a unit is another, or lies below it.</summary>
    public bool IsUnder(Guid unit, Guid? above) => above is not { } wanted || Above(unit).Any(u => u.Id == wanted);

    /// <summary>Whether a site's own name, or one above it, has a part.</summary>
    public bool Says(SiteRow site, string? text) =>
        text?.Trim() is not { Length: > 0 } part || site.Name.Contains(part, StringComparison.CurrentCultureIgnoreCase) || PathOf(site.UnitId).Contains(part, StringComparison.CurrentCultureIgnoreCase);

    public SiteView View(SiteRow row, PeerStanding? standing, SiteFigures? figures) =>
        new(row.Id, row.CustomerId, row.UnitId, row.Name, PathOf(row.UnitId), StateOf(standing), standing?.LastSeenAt, standing?.Build ?? "", row.ArchivedAt is not null, row.Version, figures);

    private IEnumerable<UnitRow> Above(Guid unit)
    {
        for (var at = _units.GetValueOrDefault(unit); at is not null; at = _units.GetValueOrDefault(at.ParentId)) yield return at;
    }
}
