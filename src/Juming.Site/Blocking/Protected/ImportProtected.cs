using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Import;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Protected;

/// <summary>Tells line by line what a file of protected ranges would do; changes nothing.</summary>
internal sealed record PreviewProtected(byte[] Content) : IQuery<FilePreview>, INeeds<BlockingProtect>;

/// <summary>Takes over the good lines of a file; a range that is there already gets the file's kind, note and end.</summary>
internal sealed record ImportProtected(byte[] Content) : ICommand<ImportOutcome>, INeeds<BlockingProtect>
{
    // The audit line holds how much came; the content stands in the list.
    [System.Text.Json.Serialization.JsonIgnore]
    public byte[] Content { get; init; } = Content;

    /// <summary>Size of the file in bytes.</summary>
    public int Bytes => Content.Length;
}

file sealed record Planned(PreviewedLine Shown, string Kind, string Note, DateTimeOffset? Until);

file sealed class Handler(BlockingDb db, ProtectedBook book, CurrentActor current, TimeProvider clock) : IQueryHandler<PreviewProtected, FilePreview>, ICommandHandler<ImportProtected, ImportOutcome>
{
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["range"] = "range",
        ["address"] = "range",
        ["ip"] = "range",
        ["地址"] = "range",
        ["网段"] = "range",
        ["kind"] = "kind",
        ["类型"] = "kind",
        ["note"] = "note",
        ["备注"] = "note",
        ["until"] = "until",
        ["有效期至"] = "until",
    };

    public async Task<Result<FilePreview>> Handle(PreviewProtected request, CancellationToken cancellationToken)
    {
        var plan = Plan(request.Content, await Known(cancellationToken));
        return plan.Error is { } error ? error : FilePreview.Of([.. plan.Value.Select(p => p.Shown)]);
    }

    public async Task<Result<ImportOutcome>> Handle(ImportProtected request, CancellationToken cancellationToken)
    {
        var known = await Known(cancellationToken);
        var plan = Plan(request.Content, known);
        if (plan.Error is { } error) return error;
        var now = clock.GetUtcNow();
        foreach (var planned in plan.Value.Where(p => p.Shown.Fate != LineFate.Refused))
        {
            var row = known.GetValueOrDefault(planned.Shown.Text) ?? db.Add(new ProtectedRow { Kind = planned.Kind, Range = planned.Shown.Text }).Entity;
            (row.Kind, row.Note, row.Until, row.By, row.At, row.Version) = (planned.Kind, planned.Note, planned.Until, current.Actor.Name, now, row.Version + 1);
        }
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        var preview = FilePreview.Of([.. plan.Value.Select(p => p.Shown)]);
        return new ImportOutcome(preview.Added, preview.Changed, preview.Refused, [.. preview.Lines.Where(l => l.Fate == LineFate.Refused)]);
    }

    private Task<Dictionary<string, ProtectedRow>> Known(CancellationToken ct) => db.Protected.ToDictionaryAsync(p => p.Range, ct);

    private static Result<List<Planned>> Plan(byte[] content, Dictionary<string, ProtectedRow> known)
    {
        var read = ListFile.Read(content, Columns, "range");
        if (read.Error is { } error) return error;
        var seen = new Dictionary<string, int>();
        return read.Value.Select(l => PlanOne(l, known, seen)).ToList();
    }

    private static Planned PlanOne(ListLine line, Dictionary<string, ProtectedRow> known, Dictionary<string, int> seen)
    {
        var given = line.Cells?.GetValueOrDefault("range") ?? "";
        if (line.Cells is not { } cells || cells.GetValueOrDefault("note") is { Length: > 500 }) return Refused(line, given, BlockingErrors.LineBroken);
        var kind = cells.GetValueOrDefault("kind") ?? "other";
        if (!ProtectedKinds.All.Contains(kind)) return Refused(line, given, BlockingErrors.LineKind.With("value", Cut(kind)).With("kinds", string.Join(", ", ProtectedKinds.All)));
        DateTimeOffset? until = null;
        if (cells.GetValueOrDefault("until") is { } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)) return Refused(line, given, BlockingErrors.LineUntil.With("value", Cut(text)));
            until = instant;
        }
        if (TargetReader.Read(given).Ranges is not [var range]) return Refused(line, given, BlockingErrors.ProtectedUnreadable.With("value", Cut(given)));
        var normal = range.ToString();
        if (!seen.TryAdd(normal, line.Line)) return Refused(line, given, BlockingErrors.LineTwice.With("value", normal).With("line", seen[normal].ToString(CultureInfo.InvariantCulture)));
        return new Planned(new PreviewedLine(line.Line, known.ContainsKey(normal) ? LineFate.Changed : LineFate.Added, normal, null, null), kind, cells.GetValueOrDefault("note") ?? "", until);
    }

    private static Planned Refused(ListLine line, string given, Error reason) => new(PreviewedLine.Refused(line.Line, given, reason), "", "", null);

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60];
}
