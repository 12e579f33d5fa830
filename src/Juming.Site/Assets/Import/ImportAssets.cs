using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Change;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Register;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Import;

/// <summary>Shows what a file would do, line by line; changes nothing.</summary>
internal sealed record PreviewImport(byte[] Content) : IQuery<ImportPreview>, INeeds<AssetsWrite>;

/// <summary>Imports the good lines of a file in one transaction.</summary>
internal sealed record ImportAssets(byte[] Content) : ICommand<ImportOutcome>, INeeds<AssetsWrite>
{
    // The audit line holds how much came in; the content stands in the register.
    [System.Text.Json.Serialization.JsonIgnore]
    public byte[] Content { get; init; } = Content;

    /// <summary>Size of the file in bytes.</summary>
    public int Bytes => Content.Length;
}

/// <summary>Puts back what stood before an import, except where someone changed an asset since.</summary>
internal sealed record UndoImport(Guid Import) : ICommand<UndoOutcome>, INeeds<AssetsWrite>;

/// <summary>What a file would do.</summary>
/// <param name="Charset">Charset that it was read in.</param>
/// <param name="Added">New assets.</param>
/// <param name="Changed">Assets that change.</param>
/// <param name="Same">Lines that say nothing new.</param>
/// <param name="Refused">Lines that can't be imported.</param>
/// <param name="Lines">The refused lines first, then the others; at most 500.</param>
internal sealed record ImportPreview(string Charset, int Added, int Changed, int Same, int Refused, IReadOnlyList<PreviewLine> Lines);

/// <summary>One line of a preview.</summary>
internal sealed record PreviewLine(int Line, RowFate Fate, string? Code, Error? Reason, string? Name, IReadOnlyList<string> Identities);

/// <summary>What an import did; its identity undoes it.</summary>
internal sealed record ImportOutcome(Guid Import, int Added, int Changed, int Refused);

/// <summary>What an undo put back, and what it left because someone changed it since.</summary>
internal sealed record UndoOutcome(int Undone, int Left);

/// <summary>An asset before an import: its version after it, its row before it (null for a new one), and the identities and tags that it got; null in imports of earlier releases, which had none.</summary>
internal sealed record Before(Guid Asset, long Version, AssetRow? Row, IReadOnlyList<IdentityKey> Identities, IReadOnlyList<string>? Tags = null);

/// <summary>Names one identity of an asset.</summary>
internal sealed record IdentityKey(IdentityKind Kind, string Value);

file sealed class Handler(AssetTurn turn, AssetsDb db, CurrentActor current, TimeProvider clock) : IQueryHandler<PreviewImport, ImportPreview>, ICommandHandler<ImportAssets, ImportOutcome>, ICommandHandler<UndoImport, UndoOutcome>
{
    public async Task<Result<ImportPreview>> Handle(PreviewImport request, CancellationToken cancellationToken)
    {
        var made = await ImportPlan.Make(request.Content, db, cancellationToken);
        if (made.Error is { } error) return error;
        var rows = made.Value.Rows;
        var lines = rows.OrderByDescending(r => r.Fate == RowFate.Refused).ThenBy(r => r.Line).Take(500)
            .Select(r => new PreviewLine(r.Line, r.Fate, r.Reason?.Code, r.Reason, r.Row.Name, [.. r.Row.Identities.Select(i => i.Value)]));
        return new ImportPreview(made.Value.Charset, Count(rows, RowFate.Added), Count(rows, RowFate.Changed), Count(rows, RowFate.Same), Count(rows, RowFate.Refused), [.. lines]);
    }

    public async Task<Result<ImportOutcome>> Handle(ImportAssets request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var made = await ImportPlan.Make(request.Content, db, cancellationToken);
        if (made.Error is { } error) return error;
        var rows = made.Value.Rows.Where(r => r.Fate is RowFate.Added or RowFate.Changed).ToList();
        if (rows.Count == 0) return AssetErrors.NothingToImport;
        var now = clock.GetUtcNow();
        var (assets, known) = await Load(rows.Where(r => r.Asset is not null).Select(r => r.Asset!.Value).Distinct().ToList(), cancellationToken);
        var tags = await TagsOf(rows.Where(r => r.Row.Tags.Count > 0 && r.Asset is not null).Select(r => r.Asset!.Value).Distinct().ToList(), cancellationToken);
        var before = new List<Before>(rows.Count);
        var reweighed = new HashSet<Guid>();
        foreach (var planned in rows)
        {
            var row = planned.Asset is { } id ? assets[id] : null;
            var was = row is null ? null : (AssetRow)db.Entry(row).CurrentValues.ToObject();
            if (row is null)
            {
                row = new AssetRow { Name = planned.Row.Identities[0].Value, Origin = AssetOrigin.Imported, FirstSeen = now, LastSeen = now, Version = 0 };
                db.Add(row);
            }
            if (Apply(planned.Row, row)) reweighed.Add(row.Id);
            (row.ChangedBy, row.UpdatedAt, row.Version) = (current.Actor.Name, now, row.Version + 1);
            var fresh = planned.Row.Identities.Where(i => !known.Contains((row.Id, i.Kind, i.Value))).ToList();
            foreach (var (kind, value) in fresh) db.Add(new IdentityRow { AssetId = row.Id, Kind = kind, Value = value, FirstSeen = now, LastSeen = now });
            before.Add(new Before(row.Id, row.Version, was, [.. fresh.Select(i => new IdentityKey(i.Kind, i.Value))], Tag(row, planned.Row.Tags, tags[row.Id], now)));
        }
        var import = new ImportRow { At = now, By = current.Actor.Name, Added = Count(rows, RowFate.Added), Changed = Count(rows, RowFate.Changed), Before = JsonSerializer.Serialize(before) };
        db.Add(import);
        await Reweighing.Publish(db, reweighed, cancellationToken);
        await turn.Save(db, cancellationToken);
        return new ImportOutcome(import.Id, import.Added, import.Changed, Count(made.Value.Rows, RowFate.Refused));
    }

    public async Task<Result<UndoOutcome>> Handle(UndoImport request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Imports.FirstOrDefaultAsync(i => i.Id == request.Import && i.UndoneAt == null, cancellationToken) is not { } import) return AssetErrors.NoSuchImport;
        var before = JsonSerializer.Deserialize<List<Before>>(import.Before)!;
        var (assets, _) = await Load([.. before.Select(b => b.Asset)], cancellationToken);
        var parents = (await db.Assets.Where(a => a.MergedInto != null).Select(a => a.MergedInto!.Value).Distinct().ToListAsync(cancellationToken)).ToHashSet();
        var users = await UsersOf([.. before.Where(b => b.Row is null).Select(b => b.Asset)], cancellationToken);
        // One look at what is tracked: each look compares everything that is.
        var identities = db.Identities.Local.ToLookup(i => i.AssetId);
        var tags = await TagsOf([.. before.Where(b => b.Tags is { Count: > 0 }).Select(b => b.Asset)], cancellationToken);
        var (undone, left) = (0, 0);
        var reweighed = new List<Guid>();
        foreach (var entry in before)
        {
            if (!assets.TryGetValue(entry.Asset, out var row) || row.Version != entry.Version || (entry.Row is null && parents.Contains(row.Id)))
            {
                left++;
                continue;
            }
            undone++;
            foreach (var key in entry.Identities)
                if (identities[row.Id].FirstOrDefault(i => i.Kind == key.Kind && i.Value == key.Value) is { } identity) db.Remove(identity);
            db.RemoveRange(tags[row.Id].Where(t => t.AssetId == row.Id && t is { Cause: "", Gone: null } && entry.Tags!.Contains(t.Name)));
            if (entry.Row is not { } was)
            {
                db.RemoveRange(identities[row.Id]);
                db.RemoveRange(users[row.Id]);
                db.Remove(row);
                continue;
            }
            if (was.Importance != row.Importance) reweighed.Add(row.Id);
            (row.Name, row.Named, row.Importance, row.Business, row.Zone, row.Owner, row.Note) = (was.Name, was.Named, was.Importance, was.Business, was.Zone, was.Owner, was.Note);
            (row.ChangedBy, row.UpdatedAt, row.Version) = (current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
        }
        import.UndoneAt = clock.GetUtcNow();
        await Reweighing.Publish(db, reweighed, cancellationToken);
        await turn.Save(db, cancellationToken);
        return new UndoOutcome(undone, left);
    }

    /// <summary>Adds tags that neither the asset nor its parts bear; which ones these were.</summary>
    private List<string> Tag(AssetRow row, IReadOnlyList<string> wanted, IEnumerable<TagRow> there, DateTimeOffset now)
    {
        var had = there.ToList();
        var fresh = wanted.Where(w => !had.Exists(t => t.Name == w && t.Gone is null)).ToList();
        foreach (var name in fresh)
        {
            // What an effect took away is kept aside under its name.
            if (had.Find(t => t.Name == name && t.AssetId == row.Id) is not { } tag) db.Add(tag = new TagRow { AssetId = row.Id, Name = name, By = "" });
            (tag.By, tag.At, tag.Cause, tag.Gone) = (current.Actor.Name, now, "", null);
        }
        if (fresh.Count > 0) row.Tagged = true;
        return fresh;
    }

    /// <summary>Tags of assets and of the parts that they took in, by the asset.</summary>
    private async Task<ILookup<Guid, TagRow>> TagsOf(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var rows = new List<(Guid Asset, TagRow Tag)>();
        foreach (var some in ids.Chunk(400))
            foreach (var found in await db.Tags.Join(db.Assets, t => t.AssetId, a => a.Id, (t, a) => new { Tag = t, Asset = a.MergedInto ?? a.Id }).Where(t => some.Contains(t.Asset)).ToListAsync(ct)) rows.Add((found.Asset, found.Tag));
        return rows.ToLookup(r => r.Asset, r => r.Tag);
    }

    /// <summary>Takes the cells over; true when the importance changed.</summary>
    private static bool Apply(ImportedRow cells, AssetRow row)
    {
        if (cells.Name is { } name) (row.Name, row.Named) = (name, true);
        row.Business = cells.Business ?? row.Business;
        row.Zone = cells.Zone ?? row.Zone;
        row.Owner = cells.Owner ?? row.Owner;
        row.Note = cells.Note ?? row.Note;
        if (cells.Importance is not { } importance || (int)importance == row.Importance) return false;
        row.Importance = (int)importance;
        return true;
    }

    private async Task<(Dictionary<Guid, AssetRow> Assets, HashSet<(Guid, IdentityKind, string)> Known)> Load(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var assets = new Dictionary<Guid, AssetRow>();
        var known = new HashSet<(Guid, IdentityKind, string)>();
        foreach (var some in ids.Chunk(400))
        {
            foreach (var asset in await db.Assets.Where(a => some.Contains(a.Id)).ToListAsync(ct)) assets[asset.Id] = asset;
            foreach (var identity in await db.Identities.Where(i => some.Contains(i.AssetId)).ToListAsync(ct)) known.Add((identity.AssetId, identity.Kind, identity.Value));
        }
        return (assets, known);
    }

    private async Task<ILookup<Guid, AssetUserRow>> UsersOf(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var rows = new List<AssetUserRow>();
        foreach (var some in ids.Chunk(400)) rows.AddRange(await db.Users.Where(u => some.Contains(u.AssetId)).ToListAsync(ct));
        return rows.ToLookup(u => u.AssetId);
    }

    private static int Count(IReadOnlyList<PlannedRow> rows, RowFate fate) => rows.Count(r => r.Fate == fate);
}
