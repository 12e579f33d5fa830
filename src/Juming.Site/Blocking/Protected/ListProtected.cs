using System.Globalization;
using System.Text;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Protected;

/// <summary>Finds what is protected: entries of people, and what the program knows by itself.</summary>
internal sealed record ListProtected : IQuery<ProtectedRanges>, INeeds<BlockingRead>
{
    /// <summary>Part of a range, note or name; an address finds the ranges that hold it.</summary>
    public string? Text { get; init; }

    /// <summary>One kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>The entries of people as CSV, in the form that the import reads.</summary>
internal sealed record ExportProtected : IQuery<byte[]>, INeeds<BlockingRead>, IAudited;

/// <summary>A protected range.</summary>
/// <param name="Id">Identity; null for what the program knows by itself.</param>
/// <param name="Range">Normal form.</param>
/// <param name="Kind">Code of what it is.</param>
/// <param name="Note">Why.</param>
/// <param name="By">Who entered it.</param>
/// <param name="At">When.</param>
/// <param name="Until">When it ends; null for never.</param>
/// <param name="Version">For changes.</param>
internal sealed record ProtectedView(Guid? Id, string Range, string Kind, string Note, string By, DateTimeOffset? At, DateTimeOffset? Until, long Version);

/// <summary>Protected ranges, and how many there are.</summary>
internal sealed record ProtectedRanges(IReadOnlyList<ProtectedView> Items, int Total, IReadOnlyDictionary<string, int> Kinds);

file sealed class Validator : AbstractValidator<ListProtected>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Kind).MaximumLength(30);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(BlockingDb db, ProtectedBook book) : IQueryHandler<ListProtected, ProtectedRanges>, IQueryHandler<ExportProtected, byte[]>
{
    public async Task<Result<ProtectedRanges>> Handle(ListProtected request, CancellationToken cancellationToken)
    {
        var rows = await db.Protected.AsNoTracking().OrderBy(p => p.Kind).ThenBy(p => p.Range).ToListAsync(cancellationToken);
        var entered = rows.Select(p => new ProtectedView(p.Id, p.Range, p.Kind, p.Note, p.By, p.At, p.Until, p.Version)).ToList();
        var ranges = rows.Select(p => p.Range).ToHashSet();
        var known = (await book.Index(cancellationToken)).All.Where(p => !ranges.Contains(p.Range.ToString())).DistinctBy(p => p.Entry).Select(p => new ProtectedView(null, p.Range.ToString(), p.Kind, "", "", null, p.Until, 0));
        var found = entered.Concat(known).Where(p => Fits(p, request.Text?.Trim())).ToList();
        var kinds = found.GroupBy(p => p.Kind).ToDictionary(g => g.Key, g => g.Count());
        var chosen = request.Kind is { Length: > 0 } kind ? found.FindAll(p => p.Kind == kind) : found;
        return new ProtectedRanges([.. chosen.Skip(request.Skip).Take(request.Take)], chosen.Count, kinds);
    }

    public async Task<Result<byte[]>> Handle(ExportProtected request, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("range,kind,note,until,by\r\n");
        var line = new StringBuilder();
        foreach (var row in await db.Protected.AsNoTracking().OrderBy(p => p.Kind).ThenBy(p => p.Range).ToListAsync(cancellationToken))
        {
            line.Clear();
            line.AppendCell(row.Range).AppendCell(row.Kind).AppendCell(row.Note).AppendCell(row.Until?.ToString("O", CultureInfo.InvariantCulture)).AppendCell(row.By);
            text.Append(line).Append("\r\n");
        }
        return Encoding.UTF8.Preamble.ToArray().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray();
    }

    private static bool Fits(ProtectedView view, string? text)
    {
        if (string.IsNullOrEmpty(text)) return true;
        if (view.Range.Contains(text, StringComparison.OrdinalIgnoreCase) || view.Note.Contains(text, StringComparison.OrdinalIgnoreCase) || view.By.Contains(text, StringComparison.OrdinalIgnoreCase)) return true;
        var asked = TargetReader.Read(text).Ranges;
        return asked.Count > 0 && TargetReader.Read(view.Range).Ranges.Any(r => asked.Any(a => a.Overlaps(r)));
    }
}
