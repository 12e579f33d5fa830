using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Deliveries.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Deliveries.Packs;

/// <summary>
/// Brings packs in force: of each name the highest version that stands, that this site is in the stage of, and that nobody here turned down or went back from. What only looks is taken by
/// itself; what acts waits for a person, and is taken out by itself when its publisher takes it back.
/// </summary>
internal sealed class PackKeeper(DeliveriesDb db, IEnumerable<IPackTaker> takers, INotices notices, IAuditTrail audit, TellPacks tell, TimeProvider clock) : IContentTaker
{
    /// <summary>Code of the notice about a pack that waits for a decision.</summary>
    public const string WaitingNotice = "deliveries.waiting";

    public async Task Take(IContent content, CancellationToken ct)
    {
        var self = await content.Self(ct);
        var rows = await db.Packs.ToListAsync(ct);
        var offered = content.Targets.Select(PackPath.Of).OfType<PackPath>().ToList();
        Error? problem = null;
        foreach (var name in offered.Select(o => o.Line).Concat(rows.Select(r => PackPath.LineOf(r.Operator, r.Kind, r.Name))).Distinct().Order(StringComparer.Ordinal).ToList())
        {
            var line = new Line(self, [.. offered.Where(o => o.Line == name)], [.. rows.Where(r => PackPath.LineOf(r.Operator, r.Kind, r.Name) == name)]);
            if (takers.FirstOrDefault(t => t.Kind == line.Kind) is { } taker) problem = await Keep(content, line, taker, ct) ?? problem;
        }
        await tell.Run(ct);
        if (problem is not null) throw new DeliveryException(problem);
    }

    private async Task<Error?> Keep(IContent content, Line line, IPackTaker taker, CancellationToken ct)
    {
        var inForce = line.Rows.FirstOrDefault(r => r.State == PackState.InForce);
        foreach (var row in line.Rows.Where(r => !line.Stands(r.Path) && r.State is PackState.Waiting or PackState.Agreed)) row.State = PackState.Withdrawn;
        foreach (var pack in line.Reached)
        {
            var row = line.Rows.FirstOrDefault(r => r.Path == pack.Target.Path);
            if (row is null) line.Rows.Add(row = db.Add(RowOf(pack)).Entity);
            if (row.State is PackState.Refused or PackState.RolledBack or PackState.Failed) continue;
            if (row == inForce) break;
            // A version that was in force here before has been agreed to.
            var agreed = !taker.Acts || row.State is PackState.Agreed or PackState.Replaced;
            if (agreed)
            {
                var problem = await PutInForce(content, pack, row, inForce, taker, ct);
                if (problem is null) return null;
                await db.SaveChangesAsync(ct);
                return problem;
            }
            if (row.State == PackState.Withdrawn) row.State = PackState.Waiting;
            await Ask(row, ct);
            // Until somebody decides, what is in force stays so, or the best that was agreed to is.
        }
        if (inForce is not null && !line.Stands(inForce.Path)) await TakeOut(inForce, taker, ct);
        await db.SaveChangesAsync(ct);
        return null;
    }

    private async Task<Error?> PutInForce(IContent content, PackPath pack, PackRow row, PackRow? before, IPackTaker taker, CancellationToken ct)
    {
        var bytes = await content.Get(pack.Target.Sha256, pack.Target.Length, ct);
        var taken = await taker.Take(new Pack(pack.Name, pack.Version, bytes, row.DecidedBy.Length > 0 ? row.DecidedBy : pack.Publisher, pack.Operator), ct);
        if (taken.Error is { } error)
        {
            (row.State, row.Problem) = (PackState.Failed, JsonSerializer.Serialize(error));
            await Tell(row, error.Code, ct);
            return error;
        }
        if (before is not null) before.State = pack.Version > before.Version ? PackState.Replaced : before.State == PackState.InForce ? PackState.Withdrawn : before.State;
        (row.State, row.TakenAt, row.Problem) = (PackState.InForce, clock.GetUtcNow(), "");
        await db.SaveChangesAsync(ct);
        await Tell(row, "done", ct);
        return null;
    }

    private async Task TakeOut(PackRow row, IPackTaker taker, CancellationToken ct)
    {
        if ((await taker.Remove(row.Name, row.Operator, ct)).Error is { } error) throw new DeliveryException(error);
        row.State = PackState.Withdrawn;
        await db.SaveChangesAsync(ct);
        await Tell(row, "withdrawn", ct);
    }

    private async Task Ask(PackRow row, CancellationToken ct)
    {
        if (db.Entry(row).State != EntityState.Added && !db.Entry(row).Property(r => r.State).IsModified) return;
        await notices.Post(new Notice
        {
            Code = WaitingNotice,
            Weight = NoticeWeight.Warning,
            Arguments = new Dictionary<string, string> { ["kind"] = row.Kind, ["name"] = row.Name, ["version"] = row.Version.ToString(CultureInfo.InvariantCulture) },
            Path = "/deliveries?open=" + row.Id,
            SameAs = "deliveries:" + row.Path,
        }, ct);
    }

    private Task Tell(PackRow row, string outcome, CancellationToken ct) =>
        audit.Append(new AuditEntry("TakePack", ActorKind.System, row.Operator.Length > 0 ? row.Operator : "cloud", "content", null, JsonSerializer.Serialize(new { path = row.Path, sha256 = Convert.ToHexStringLower(row.Sha256) }), outcome), ct);

    private PackRow RowOf(PackPath pack) => new()
    {
        Path = pack.Target.Path,
        Kind = pack.Kind,
        Name = pack.Name,
        Version = pack.Version,
        Operator = pack.Operator,
        Sha256 = pack.Target.Sha256,
        Length = pack.Target.Length,
        Title = pack.Target.Title,
        Note = pack.Target.Note,
        SeenAt = clock.GetUtcNow(),
    };

    /// <summary>All versions of one name of one publisher.</summary>
    private sealed class Line(Guid self, List<PackPath> offered, List<PackRow> rows)
    {
        public string Kind { get; } = offered.Count > 0 ? offered[0].Kind : rows[0].Kind;

        public List<PackRow> Rows => rows;

        /// <summary>Versions that stand and that this site is in the stage of, the highest first. One that is in force stays reached when its stage is made smaller.</summary>
        public IEnumerable<PackPath> Reached { get; } = [.. offered.Where(o => !o.Target.Withdrawn && (Share(self, o.Target.Path) < o.Target.Stage || rows.Any(r => r.Path == o.Target.Path && r.State == PackState.InForce))).OrderByDescending(o => o.Version)];

        public bool Stands(string path) => offered.Any(o => o.Target.Path == path && !o.Target.Withdrawn);
    }

    /// <summary>Where this site stands among a hundred, for this version: the same at every look, and not always the same sites first.</summary>
    internal static int Share(Guid self, string path) => (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{self:N}/{path}"))) % 100);
}
