using System.Globalization;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Impact;
using Juming.Site.Assets.Import;
using Juming.Site.Assets.Register;
using Juming.Site.Assets.Sightings;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Software;

/// <summary>Shows what a file of software would do, line by line; changes nothing.</summary>
internal sealed record PreviewSoftware(byte[] Content) : IQuery<SoftwarePreview>, INeeds<AssetsWrite>;

/// <summary>Takes the good lines of a file in one transaction. Another version of a product that an earlier file named is gone with it.</summary>
internal sealed record ImportSoftware(byte[] Content) : ICommand<ImportOutcome>, INeeds<AssetsWrite>
{
    // The audit line holds how much came in; the content stands in the tables.
    [System.Text.Json.Serialization.JsonIgnore]
    public byte[] Content { get; init; } = Content;

    /// <summary>Size of the file in bytes.</summary>
    public int Bytes => Content.Length;
}

/// <summary>Puts back what stood before an import, except where something changed since.</summary>
internal sealed record UndoSoftwareImport(Guid Import) : ICommand<UndoOutcome>, INeeds<AssetsWrite>;

/// <summary>What a file would do.</summary>
internal sealed record SoftwarePreview(string Charset, int Added, int Changed, int Same, int Refused, IReadOnlyList<SoftwareLine> Lines);

/// <summary>One line of a preview.</summary>
internal sealed record SoftwareLine(int Line, RowFate Fate, string? Code, Error? Reason, string? Asset, string? Software);

/// <summary>A statement before an import: what it is about, when it had gone, when it was seen last, and what the import made of it; a new one did not exist.</summary>
internal sealed record InstallBefore(Guid Asset, Guid Software, string Place, bool IsNew, DateTimeOffset? GoneBefore, DateTimeOffset SeenBefore, string ByBefore, DateTimeOffset? GoneAfter);

file sealed class Handler(SoftwareTurn turn, AssetsDb db, AssetIndex index, AssetsSettings settings, ImpactSignal signal, CurrentActor current, TimeProvider clock)
    : IQueryHandler<PreviewSoftware, SoftwarePreview>, ICommandHandler<ImportSoftware, ImportOutcome>, ICommandHandler<UndoSoftwareImport, UndoOutcome>
{
    private const int MostShown = 500;

    public async Task<Result<SoftwarePreview>> Handle(PreviewSoftware request, CancellationToken cancellationToken)
    {
        var read = await SoftwareFile.Read(request.Content, db, index, clock.GetUtcNow(), cancellationToken);
        if (read.Error is { } error) return error;
        var resolver = await Load(read.Value, cancellationToken);
        var lines = read.Value.Lines.Select(l =>
        {
            if (l.Reason is { } reason) return new Weighed(l, RowFate.Refused, reason);
            var fate = resolver.Foresee(l.Asset!.Id, l.Fact!);
            return fate == FactFate.Refused ? new Weighed(l, RowFate.Refused, AssetErrors.NoRoomForSoftware) : new Weighed(l, FateOf(fate), null);
        }).ToList();
        int Of(RowFate fate) => lines.Count(l => l.Fate == fate);
        return new SoftwarePreview(read.Value.Charset, Of(RowFate.Added), Of(RowFate.Changed), Of(RowFate.Same), Of(RowFate.Refused),
            [.. lines.OrderByDescending(l => l.Fate == RowFate.Refused).ThenBy(l => l.Read.Line).Take(MostShown).Select(l => new SoftwareLine(l.Read.Line, l.Fate, l.Reason?.Code, l.Reason, l.Read.Asset?.Name, l.Read.Fact is { } fact ? string.Join(' ', new[] { fact.Name.Vendor, fact.Name.Product, fact.Name.Version }.Where(p => p.Length > 0)) : null))]);
    }

    public async Task<Result<ImportOutcome>> Handle(ImportSoftware request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var now = clock.GetUtcNow();
        // To what the database holds, so that an undo finds what this wrote.
        now = now.AddTicks(-(now.Ticks % 10));
        var read = await SoftwareFile.Read(request.Content, db, index, now, cancellationToken);
        if (read.Error is { } error) return error;
        var resolver = await Load(read.Value, cancellationToken);
        var before = new Dictionary<(Guid, Guid, string), (InstallRow Row, InstallBefore Before)>();
        var fates = new List<FactFate>();
        foreach (var line in read.Value.Lines.Where(l => l.Reason is null))
            fates.Add(resolver.Take(line.Asset!.Id, line.Fact!, current.Actor.Name, (row, isNew) => before.TryAdd((row.AssetId, row.SoftwareId, row.Place), (row, new InstallBefore(row.AssetId, row.SoftwareId, row.Place, isNew, row.GoneAt, row.LastSeen, row.By, null)))));
        var (added, changed) = (fates.Count(f => f == FactFate.Added), fates.Count(f => f == FactFate.Changed));
        if (added + changed == 0) return AssetErrors.NothingToImport;
        var import = new SoftwareImportRow { At = now, By = current.Actor.Name, Added = added, Changed = changed, Before = JsonSerializer.Serialize(before.Values.Select(b => b.Before with { GoneAfter = b.Row.GoneAt })) };
        db.Add(import);
        await db.SaveChangesAsync(cancellationToken);
        signal.Ring();
        return new ImportOutcome(import.Id, added, changed, read.Value.Lines.Count(l => l.Reason is not null) + fates.Count(f => f == FactFate.Refused));
    }

    public async Task<Result<UndoOutcome>> Handle(UndoSoftwareImport request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.SoftwareImports.FirstOrDefaultAsync(i => i.Id == request.Import && i.UndoneAt == null, cancellationToken) is not { } import) return AssetErrors.NoSuchImport;
        var before = JsonSerializer.Deserialize<List<InstallBefore>>(import.Before)!;
        var rows = new Dictionary<(Guid, Guid, string), InstallRow>();
        foreach (var some in before.Select(b => b.Asset).Distinct().Chunk(400))
            foreach (var row in await db.Installs.Where(i => some.Contains(i.AssetId)).ToListAsync(cancellationToken)) rows[(row.AssetId, row.SoftwareId, row.Place)] = row;
        var (undone, left) = (0, 0);
        foreach (var entry in before)
        {
            if (!rows.TryGetValue((entry.Asset, entry.Software, entry.Place), out var row) || row.GoneAt != entry.GoneAfter || row.LastSeen > import.At)
            {
                left++;
                continue;
            }
            undone++;
            if (entry.IsNew) db.Remove(row);
            else (row.GoneAt, row.LastSeen, row.By) = (entry.GoneBefore, entry.SeenBefore, entry.ByBefore);
        }
        import.UndoneAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        signal.Ring();
        return new UndoOutcome(undone, left);
    }

    private async Task<SoftwareResolver> Load(SoftwareFile file, CancellationToken ct)
    {
        var good = file.Lines.Where(l => l.Reason is null).ToList();
        var resolver = new SoftwareResolver(db, settings.MostSoftware);
        await resolver.Load([.. good.Select(l => l.Asset!.Id).Distinct()], [.. good.Select(l => l.Fact!.Name.Key)], ct);
        return resolver;
    }

    private static RowFate FateOf(FactFate fate) => fate switch { FactFate.Added => RowFate.Added, FactFate.Changed => RowFate.Changed, _ => RowFate.Same };
}

/// <summary>A line with what it would do.</summary>
internal sealed record Weighed(SoftwareFile.ReadLine Read, RowFate Fate, Error? Reason);

/// <summary>A file of software as it was understood.</summary>
internal sealed class SoftwareFile
{
    private const int MostBytes = 5 * 1024 * 1024;
    private const int MostRows = 20_000;

    private static readonly Dictionary<string, string> Columns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["address"] = "machine",
        ["ip"] = "machine",
        ["ip address"] = "machine",
        ["host"] = "machine",
        ["hostname"] = "machine",
        ["asset"] = "machine",
        ["地址"] = "machine",
        ["ip地址"] = "machine",
        ["主机名"] = "machine",
        ["资产"] = "machine",
        ["资产名称"] = "machine",
        ["vendor"] = "vendor",
        ["manufacturer"] = "vendor",
        ["publisher"] = "vendor",
        ["厂商"] = "vendor",
        ["发布者"] = "vendor",
        ["product"] = "product",
        ["software"] = "product",
        ["name"] = "product",
        ["产品"] = "product",
        ["软件"] = "product",
        ["软件名称"] = "product",
        ["version"] = "version",
        ["版本"] = "version",
        ["版本号"] = "version",
        ["cpe"] = "cpe",
    };

    private SoftwareFile(string charset, IReadOnlyList<ReadLine> lines) => (Charset, Lines) = (charset, lines);

    public string Charset { get; }
    public IReadOnlyList<ReadLine> Lines { get; }

    /// <summary>One line: why it can't be taken, or the asset and what is said of it.</summary>
    internal sealed record ReadLine(int Line, Error? Reason, AssetBrief? Asset, SoftwareFact? Fact);

    /// <summary>Reads a file and finds the assets that it names.</summary>
    public static async Task<Result<SoftwareFile>> Read(byte[] content, AssetsDb db, AssetIndex index, DateTimeOffset now, CancellationToken ct)
    {
        if (content.Length > MostBytes) return AssetErrors.FileTooLarge;
        var (text, charset) = CsvReader.Decode(content);
        var records = CsvReader.Read(text).Take(MostRows + 2).ToList();
        if (records.Count > MostRows + 1) return AssetErrors.FileTooLarge;
        if (records.Count == 0 || records[0].Cells is not { } heads) return AssetErrors.NoSoftwareColumn;
        var columns = heads.Select(h => Columns.GetValueOrDefault(h.Trim())).ToList();
        if (!columns.Contains("machine") || (!columns.Contains("product") && !columns.Contains("cpe"))) return AssetErrors.NoSoftwareColumn;
        var machines = records.Skip(1).SelectMany(r => Cells(r, columns, "machine")).Distinct().Where(m => index.Find(m) is null).ToList();
        var named = new Dictionary<string, List<Guid>>(StringComparer.OrdinalIgnoreCase);
        foreach (var some in machines.Chunk(400))
            foreach (var asset in await db.Assets.AsNoTracking().Where(a => a.State == AssetState.Active && some.Contains(a.Name)).Select(a => new { a.Id, a.Name }).ToListAsync(ct))
                if (named.TryGetValue(asset.Name, out var ids)) ids.Add(asset.Id);
                else named[asset.Name] = [asset.Id];
        var earlier = new Dictionary<(Guid, string), int>();
        return new SoftwareFile(charset, [.. records.Skip(1).Select(r => Line(r, columns, index, named, earlier, now))]);
    }

    private static ReadLine Line(CsvRecord record, List<string?> columns, AssetIndex index, Dictionary<string, List<Guid>> named, Dictionary<(Guid, string), int> earlier, DateTimeOffset now)
    {
        ReadLine Refused(Error reason) => new(record.Line, reason, null, null);
        if (record.Cells is not { } cells) return Refused(AssetErrors.RowQuote);
        if (cells.Count > columns.Count) return Refused(AssetErrors.RowCells.With("count", Number(cells.Count)).With("expected", Number(columns.Count)));
        var machines = Cells(record, columns, "machine").ToList();
        if (machines.Count == 0) return Refused(AssetErrors.RowNoIdentity);
        AssetBrief? asset = null;
        foreach (var machine in machines)
        {
            if (named.TryGetValue(machine, out var ids) && ids.Count > 1) return Refused(AssetErrors.RowManyAssets.With("value", Cut(machine)));
            var found = index.Find(machine) ?? (ids is [var id] ? index.Of(id) : null);
            if (found is null || (asset is not null && asset.Id != found.Id)) return Refused(found is null ? AssetErrors.RowNoAsset.With("value", Cut(machine)) : AssetErrors.RowTwoAssets.With("first", asset!.Name).With("second", found.Name));
            asset = found;
        }
        var name = SoftwareName.Read(Cell(record, columns, "vendor"), Cell(record, columns, "product"), Cell(record, columns, "version"), Cell(record, columns, "cpe"));
        if (name.Error is { } error) return Refused(error);
        // Two versions of one product on one asset: which is the one that is there?
        if (!earlier.TryAdd((asset!.Id, name.Value.ProductKey), record.Line)) return Refused(AssetErrors.RowTwice.With("value", name.Value.Product).With("line", Number(earlier[(asset.Id, name.Value.ProductKey)])));
        return new ReadLine(record.Line, null, asset, new SoftwareFact(name.Value, SoftwareSource.Import, "import", false, false, now));
    }

    private static IEnumerable<string> Cells(CsvRecord record, List<string?> columns, string column) =>
        record.Cells is { } cells ? cells.Take(columns.Count).Select((c, i) => (Cell: Plain(c), Column: columns[i])).Where(c => c.Column == column && c.Cell.Length > 0).Select(c => c.Cell.Length <= 300 ? c.Cell : c.Cell[..300]) : [];

    private static string? Cell(CsvRecord record, List<string?> columns, string column) => columns.IndexOf(column) is >= 0 and var at && at < record.Cells!.Count ? Plain(record.Cells[at]) : null;

    // What our export guarded against spreadsheets comes back without the guard.
    private static string Plain(string cell)
    {
        var text = cell.Trim();
        return text.Length > 1 && text[0] == '\'' && text[1] is ('=' or '+' or '-' or '@') ? text[1..] : text;
    }

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
