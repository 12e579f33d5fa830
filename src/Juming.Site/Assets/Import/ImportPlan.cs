using System.Text.Json.Serialization;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.List;
using Juming.Site.Assets.Sightings;
using Juming.Site.Assets.Tags;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Import;

/// <summary>What a line will do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RowFate
{
    /// <summary>A new asset.</summary>
    Added,

    /// <summary>Changes an asset.</summary>
    Changed,

    /// <summary>Says what the register says already.</summary>
    Same,

    /// <summary>Can't be imported.</summary>
    Refused,
}

/// <summary>One line of a file as it was understood.</summary>
internal sealed record PlannedRow(int Line, RowFate Fate, Error? Reason, ImportedRow Row, Guid? Asset);

/// <summary>The cells of a line; null where the file has no such column or the cell is empty.</summary>
internal sealed record ImportedRow
{
    public string? Name { get; init; }
    public AssetImportance? Importance { get; init; }
    public string? Business { get; init; }
    public string? Zone { get; init; }
    public string? Owner { get; init; }
    public string? Note { get; init; }

    /// <summary>Tags that the asset gets; those that it has stay.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<(IdentityKind Kind, string Value)> Identities { get; init; } = [];
}

/// <summary>A file as it was understood, held against the register.</summary>
internal sealed class ImportPlan
{
    private const int MostBytes = 5 * 1024 * 1024;
    private const int MostRows = 20_000;

    private ImportPlan(string charset, IReadOnlyList<PlannedRow> rows) => (Charset, Rows) = (charset, rows);

    public string Charset { get; }
    public IReadOnlyList<PlannedRow> Rows { get; }

    /// <summary>Reads a file and decides what each line will do.</summary>
    public static async Task<Result<ImportPlan>> Make(byte[] content, AssetsDb db, CancellationToken ct)
    {
        if (content.Length > MostBytes) return AssetErrors.FileTooLarge;
        var (text, charset) = CsvReader.Decode(content);
        var records = CsvReader.Read(text).Take(MostRows + 2).ToList();
        if (records.Count > MostRows + 1) return AssetErrors.FileTooLarge;
        if (records.Count == 0 || records[0].Cells is not { } heads) return AssetErrors.NoKnownColumn;
        var columns = heads.Select(h => ImportVocabulary.Columns.GetValueOrDefault(h.Trim())).ToList();
        if (!columns.Exists(c => c is "address" or "host" or "mac")) return AssetErrors.NoKnownColumn;
        var parsed = records.Skip(1).Select(r => (r.Line, Row: RowReader.Read(r, columns))).ToList();
        var values = parsed.Where(p => p.Row.Succeeded).SelectMany(p => p.Row.Value.Identities).Select(i => i.Value).Distinct().ToList();
        var holders = new Dictionary<(IdentityKind, string), (Guid Asset, DateTimeOffset Seen)>();
        var assets = new Dictionary<Guid, AssetRow>();
        var own = new HashSet<(Guid, IdentityKind, string)>();
        foreach (var some in values.Chunk(400))
            foreach (var found in await db.Identities.AsNoTracking().Where(i => some.Contains(i.Value)).Join(db.Assets.AsNoTracking(), i => i.AssetId, a => a.Id, (i, a) => new { Identity = i, Asset = a }).ToListAsync(ct))
            {
                var id = found.Asset.MergedInto ?? found.Asset.Id;
                if (found.Asset.MergedInto is null) assets[id] = found.Asset;
                own.Add((id, found.Identity.Kind, found.Identity.Value));
                var key = (found.Identity.Kind, found.Identity.Value);
                if (!holders.TryGetValue(key, out var holder) || holder.Seen < found.Identity.LastSeen) holders[key] = (id, found.Identity.LastSeen);
            }
        foreach (var some in holders.Values.Select(h => h.Asset).Distinct().Where(a => !assets.ContainsKey(a)).Chunk(400))
            foreach (var asset in await db.Assets.AsNoTracking().Where(a => some.Contains(a.Id)).ToListAsync(ct)) assets[asset.Id] = asset;
        var tags = new HashSet<(Guid, string)>();
        if (columns.Contains("tags"))
            foreach (var some in assets.Keys.Chunk(400))
                foreach (var tag in await AssetFilter.Tags(db).Where(t => some.Contains(t.Asset)).ToListAsync(ct)) tags.Add((tag.Asset, tag.Name));
        var counts = tags.CountBy(t => t.Item1).ToDictionary();
        var lines = new Dictionary<(IdentityKind, string), int>();
        return new ImportPlan(charset, [.. parsed.Select(p => Weigh(Plan(p.Line, p.Row, lines, holders, assets, own), tags, counts))]);
    }

    /// <summary>Tags are only added, so that a file without some takes none away; an asset bears so many.</summary>
    private static PlannedRow Weigh(PlannedRow planned, HashSet<(Guid, string)> tags, Dictionary<Guid, int> counts)
    {
        if (planned.Fate == RowFate.Refused || planned.Row.Tags.Count == 0) return planned;
        var fresh = planned.Asset is { } id ? planned.Row.Tags.Count(t => !tags.Contains((id, t))) : planned.Row.Tags.Count;
        if (fresh + (planned.Asset is { } asset ? counts.GetValueOrDefault(asset) : 0) > TagText.Most)
            return planned with { Fate = RowFate.Refused, Reason = AssetErrors.TooManyTags.With("asset", planned.Row.Name ?? planned.Row.Identities[0].Value).With("most", TagText.Most.ToString(System.Globalization.CultureInfo.InvariantCulture)) };
        return fresh > 0 && planned.Fate == RowFate.Same ? planned with { Fate = RowFate.Changed } : planned;
    }

    private static PlannedRow Plan(int line, Result<ImportedRow> read, Dictionary<(IdentityKind, string), int> lines, Dictionary<(IdentityKind, string), (Guid Asset, DateTimeOffset Seen)> holders, Dictionary<Guid, AssetRow> assets, HashSet<(Guid, IdentityKind, string)> own)
    {
        if (read.Error is { } error) return new PlannedRow(line, RowFate.Refused, error, new ImportedRow(), null);
        var row = read.Value;
        AssetRow? asset = null;
        foreach (var identity in row.Identities)
        {
            if (lines.TryGetValue(identity, out var earlier)) return new PlannedRow(line, RowFate.Refused, AssetErrors.RowTwice.With("value", identity.Value).With("line", earlier.ToString(System.Globalization.CultureInfo.InvariantCulture)), row, null);
            if (!holders.TryGetValue(identity, out var holder) || !assets.TryGetValue(holder.Asset, out var found)) continue;
            if (asset is not null && asset.Id != found.Id) return new PlannedRow(line, RowFate.Refused, AssetErrors.RowTwoAssets.With("first", asset.Name).With("second", found.Name), row, null);
            asset = found;
        }
        foreach (var identity in row.Identities) lines[identity] = line;
        if (asset is null) return new PlannedRow(line, RowFate.Added, null, row, null);
        var same = row.Identities.All(i => own.Contains((asset.Id, i.Kind, i.Value))) && (row.Name ?? asset.Name) == asset.Name && (row.Importance is not { } importance || (int)importance == asset.Importance)
            && (row.Business ?? asset.Business) == asset.Business && (row.Zone ?? asset.Zone) == asset.Zone && (row.Owner ?? asset.Owner) == asset.Owner && (row.Note ?? asset.Note) == asset.Note;
        return new PlannedRow(line, same ? RowFate.Same : RowFate.Changed, null, row, asset.Id);
    }
}

/// <summary>Makes a line's cells what they mean.</summary>
internal static class RowReader
{
    private static readonly char[] BetweenTags = [' ', ',', ';', '|', '，', '、', '；'];
    private static readonly char[] Between = [' ', ';', '|', ',', '\n', '\r', '/'];

    public static Result<ImportedRow> Read(CsvRecord record, IReadOnlyList<string?> columns)
    {
        if (record.Cells is not { } cells) return AssetErrors.RowQuote;
        if (cells.Count > columns.Count) return AssetErrors.RowCells.With("count", Text(cells.Count)).With("expected", Text(columns.Count));
        var texts = new Dictionary<string, string>();
        var identities = new List<(IdentityKind, string)>();
        var tags = new List<string>();
        AssetImportance? importance = null;
        for (var i = 0; i < cells.Count; i++)
        {
            if (columns[i] is not { } column || Plain(cells[i]) is not { Length: > 0 } cell) continue;
            var most = column switch { "note" => 4000, "name" => 300, "address" or "host" or "mac" or "tags" => 2000, _ => 200 };
            if (cell.Length > most || cell.Any(c => char.IsControl(c) && !(c is ('\n' or '\r') && column is "note" or "address" or "host"))) return AssetErrors.RowTooLong.With("column", column).With("most", Text(most));
            if (column == "importance")
            {
                if (!ImportVocabulary.Importances.TryGetValue(cell, out var known)) return AssetErrors.RowImportance.With("value", Cut(cell));
                importance = known;
            }
            else if (column == "tags")
            {
                foreach (var part in cell.Split(BetweenTags, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    if (TagText.Read(part) is { } tag) tags.Add(tag);
                    else return AssetErrors.RowTag.With("value", Cut(part));
            }
            else if (column is "address" or "host" or "mac")
            {
                if (Refused(column, cell, identities) is { } error) return error;
            }
            else
            {
                texts[column] = cell;
            }
        }
        if (identities.Count == 0) return AssetErrors.RowNoIdentity;
        return new ImportedRow
        {
            Name = texts.GetValueOrDefault("name"),
            Importance = importance,
            Business = texts.GetValueOrDefault("business"),
            Zone = texts.GetValueOrDefault("zone"),
            Owner = texts.GetValueOrDefault("owner"),
            Note = texts.GetValueOrDefault("note"),
            Tags = [.. tags.Distinct()],
            Identities = [.. identities.Distinct()],
        };
    }

    private static Error? Refused(string column, string cell, List<(IdentityKind, string)> identities)
    {
        foreach (var part in cell.Split(Between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (kind, value, error) = column switch
            {
                "address" => (IdentityKind.Address, Identity.Address(part), AssetErrors.RowAddress),
                "host" => (IdentityKind.Host, Identity.Host(part), AssetErrors.RowHost),
                _ => (IdentityKind.Mac, Identity.Mac(part), AssetErrors.RowMac),
            };
            if (value is null) return error.With("value", Cut(part));
            if (identities.Count < 48) identities.Add((kind, value));
        }
        return null;
    }

    // What our export guarded against spreadsheets comes back without the guard.
    private static string Plain(string cell)
    {
        var text = cell.Trim();
        return text.Length > 1 && text[0] == '\'' && text[1] is ('=' or '+' or '-' or '@') ? text[1..] : text;
    }

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
