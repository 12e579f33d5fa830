using System.Globalization;
using System.Text;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Software;

/// <summary>Finds software: versions of products with how many assets have them.</summary>
internal sealed record ListSoftware : IQuery<SoftwarePage>, INeeds<AssetsRead>
{
    /// <summary>Part of a vendor, product, version or CPE.</summary>
    public string? Text { get; init; }

    /// <summary>Only what vulnerabilities concern.</summary>
    public bool Vulnerable { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>A version of a product.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Vendor">Empty when nobody says.</param>
/// <param name="Product">Product.</param>
/// <param name="Version">Empty when nobody says.</param>
/// <param name="Cpe">Empty when nobody says.</param>
/// <param name="Assets">Statements that it is on an asset.</param>
/// <param name="Vulnerabilities">Vulnerabilities that concern it.</param>
/// <param name="LastSeen">When it was seen last.</param>
internal sealed record SoftwareView(Guid Id, string Vendor, string Product, string Version, string Cpe, int Assets, int Vulnerabilities, DateTimeOffset? LastSeen);

/// <summary>Software, and how much there is.</summary>
internal sealed record SoftwarePage(IReadOnlyList<SoftwareView> Items, int Total);

/// <summary>Software of one asset, that which is there first.</summary>
internal sealed record ListAssetSoftware(Guid Asset) : IQuery<IReadOnlyList<AssetSoftware>>, INeeds<AssetsRead>;

/// <summary>Software on an asset.</summary>
/// <param name="Id">Identity of the version of the product.</param>
/// <param name="Vendor">Empty when nobody says.</param>
/// <param name="Product">Product.</param>
/// <param name="Version">Empty when nobody says.</param>
/// <param name="Cpe">Empty when nobody says.</param>
/// <param name="Sources">Who says so.</param>
/// <param name="Places">What that rests on.</param>
/// <param name="FirstSeen">When it was seen first.</param>
/// <param name="LastSeen">When it was seen last.</param>
/// <param name="GoneAt">When it was found gone; null while it is there.</param>
/// <param name="Vulnerabilities">Vulnerabilities that concern it.</param>
internal sealed record AssetSoftware(Guid Id, string Vendor, string Product, string Version, string Cpe, IReadOnlyList<SoftwareSource> Sources, IReadOnlyList<string> Places, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, DateTimeOffset? GoneAt, int Vulnerabilities);

/// <summary>Statements that software is on assets, for a file: in the order of assets and software, a page at a time.</summary>
internal sealed record ExportSoftware(string? Text, Guid AfterAsset = default, Guid AfterSoftware = default, string AfterPlace = "") : IQuery<IReadOnlyList<SoftwareOnAsset>>, INeeds<AssetsRead>, IAudited
{
    /// <summary>Statements of a full page; fewer are the last.</summary>
    public const int PageSize = 5000;
}

/// <summary>A statement for a file.</summary>
internal sealed record SoftwareOnAsset(Guid AssetId, Guid SoftwareId, string Place, string Asset, string Vendor, string Product, string Version, string Cpe, SoftwareSource Source, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

file sealed class Validator : AbstractValidator<ListSoftware>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(AssetsDb db) : IQueryHandler<ListSoftware, SoftwarePage>, IQueryHandler<ListAssetSoftware, IReadOnlyList<AssetSoftware>>, IQueryHandler<ExportSoftware, IReadOnlyList<SoftwareOnAsset>>
{
    private const int MostShown = 1000;

    public async Task<Result<SoftwarePage>> Handle(ListSoftware request, CancellationToken cancellationToken)
    {
        var there = db.Installs.Where(i => i.GoneAt == null).Select(i => i.SoftwareId);
        var found = Matching(db.Software.AsNoTracking().Where(s => there.Contains(s.Id)), request.Text);
        if (request.Vulnerable) found = found.Where(s => db.Findings.Any(f => f.SoftwareId == s.Id));
        var rows = await found.OrderBy(s => s.Product.ToLower()).ThenBy(s => s.Vendor).ThenBy(s => s.Version).ThenBy(s => s.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(r => r.Id);
        var counts = await db.Installs.Where(i => i.GoneAt == null && ids.Contains(i.SoftwareId)).GroupBy(i => i.SoftwareId).Select(g => new { g.Key, Count = g.Select(i => i.AssetId).Distinct().Count(), Last = g.Max(i => i.LastSeen) }).ToDictionaryAsync(g => g.Key, cancellationToken);
        var findings = await Findings(ids, cancellationToken);
        return new SoftwarePage(rows.ConvertAll(s => new SoftwareView(s.Id, s.Vendor, s.Product, s.Version, s.Cpe, counts.TryGetValue(s.Id, out var count) ? count.Count : 0, findings.GetValueOrDefault(s.Id), counts.TryGetValue(s.Id, out var last) ? last.Last : null)), await found.CountAsync(cancellationToken));
    }

    public async Task<Result<IReadOnlyList<AssetSoftware>>> Handle(ListAssetSoftware request, CancellationToken cancellationToken)
    {
        var parts = db.Assets.Where(a => a.Id == request.Asset || a.MergedInto == request.Asset).Select(a => a.Id);
        var rows = await db.Installs.AsNoTracking().Where(i => parts.Contains(i.AssetId)).Join(db.Software.AsNoTracking(), i => i.SoftwareId, s => s.Id, (i, s) => new { Install = i, Software = s }).OrderBy(r => r.Install.GoneAt != null).ThenByDescending(r => r.Install.LastSeen).Take(MostShown).ToListAsync(cancellationToken);
        var findings = await Findings(rows.ConvertAll(r => r.Software.Id), cancellationToken);
        var grouped = rows.GroupBy(r => r.Software.Id).Select(g =>
        {
            // What is there stands for all; only where all of it is gone, it is gone.
            var there = g.Where(r => r.Install.GoneAt is null).Select(r => r.Install).ToList();
            var shown = there.Count > 0 ? there : g.Select(r => r.Install).ToList();
            var software = g.First().Software;
            return new AssetSoftware(software.Id, software.Vendor, software.Product, software.Version, software.Cpe, [.. shown.Select(i => i.Source).Distinct()], [.. shown.Select(i => i.Place).Distinct()], shown.Min(i => i.FirstSeen), shown.Max(i => i.LastSeen), there.Count > 0 ? null : shown.Max(i => i.GoneAt), findings.GetValueOrDefault(software.Id));
        });
        return Result<IReadOnlyList<AssetSoftware>>.Of([.. grouped.OrderBy(s => s.GoneAt is not null).ThenByDescending(s => s.Vulnerabilities).ThenBy(s => s.Product, StringComparer.OrdinalIgnoreCase)]);
    }

    public async Task<Result<IReadOnlyList<SoftwareOnAsset>>> Handle(ExportSoftware request, CancellationToken cancellationToken)
    {
        var (asset, software, place) = (request.AfterAsset, request.AfterSoftware, request.AfterPlace);
        var after = db.Installs.AsNoTracking().Where(i => i.GoneAt == null && (i.AssetId.CompareTo(asset) > 0 || (i.AssetId == asset && (i.SoftwareId.CompareTo(software) > 0 || (i.SoftwareId == software && string.Compare(i.Place, place) > 0)))));
        var rows = await after.Join(Matching(db.Software.AsNoTracking(), request.Text), i => i.SoftwareId, s => s.Id, (i, s) => new { Install = i, Software = s }).Join(db.Assets.AsNoTracking(), r => r.Install.AssetId, a => a.Id, (r, a) => new { r.Install, r.Software, a.Name })
            .OrderBy(r => r.Install.AssetId).ThenBy(r => r.Install.SoftwareId).ThenBy(r => r.Install.Place).Take(ExportSoftware.PageSize).ToListAsync(cancellationToken);
        return Result<IReadOnlyList<SoftwareOnAsset>>.Of(rows.ConvertAll(r => new SoftwareOnAsset(r.Install.AssetId, r.Install.SoftwareId, r.Install.Place, r.Name, r.Software.Vendor, r.Software.Product, r.Software.Version, r.Software.Cpe, r.Install.Source, r.Install.FirstSeen, r.Install.LastSeen)));
    }

    private async Task<Dictionary<Guid, int>> Findings(List<Guid> ids, CancellationToken ct)
    {
        var found = new Dictionary<Guid, int>();
        foreach (var some in ids.Distinct().Chunk(400))
            foreach (var count in await db.Findings.Where(f => some.Contains(f.SoftwareId)).GroupBy(f => f.SoftwareId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct)) found[count.Key] = count.Count;
        return found;
    }

    private static IQueryable<SoftwareRow> Matching(IQueryable<SoftwareRow> rows, string? text)
    {
        if (text?.Trim().ToLowerInvariant() is not { Length: > 0 } part) return rows;
        foreach (var word in part.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(6))
        {
            var like = "%" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            rows = rows.Where(s => EF.Functions.Like(s.Key, like, "\\"));
        }
        return rows;
    }
}

/// <summary>Software as CSV, in the form that the import reads, however much there is.</summary>
internal static class SoftwareCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static async Task Write(Stream stream, Sender sender, ExportSoftware export, IReadOnlyList<SoftwareOnAsset> page, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync("asset,vendor,product,version,cpe,source,place,first_seen,last_seen");
        while (true)
        {
            foreach (var one in page)
                await text.WriteLineAsync(new StringBuilder().AppendCell(one.Asset).AppendCell(one.Vendor).AppendCell(one.Product).AppendCell(one.Version).AppendCell(one.Cpe).AppendCell(one.Source.ToString()).AppendCell(one.Place)
                    .AppendCell(one.FirstSeen.ToString("O", CultureInfo.InvariantCulture)).AppendCell(one.LastSeen.ToString("O", CultureInfo.InvariantCulture)), ct);
            if (page.Count < ExportSoftware.PageSize) return;
            var next = await sender.Send(export with { AfterAsset = page[^1].AssetId, AfterSoftware = page[^1].SoftwareId, AfterPlace = page[^1].Place }, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }
}
