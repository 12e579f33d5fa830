using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Import;

/// <summary>Tells line by line what a file of targets would do; changes nothing.</summary>
internal sealed record PreviewBlocks(byte[] Content) : IQuery<FilePreview>, INeeds<BlockingWrite>;

/// <summary>Blocks the good lines of a file on all devices that can, or on those of a group.</summary>
/// <param name="Content">Plain list, or CSV with target, reason and minutes.</param>
/// <param name="Reason">Why, where a line does not say.</param>
/// <param name="Minutes">How long, where a line does not say.</param>
/// <param name="Group">Group of devices; empty for all.</param>
internal sealed record ImportBlocks(byte[] Content, string Reason, int? Minutes = null, string? Group = null) : ICommand<ImportOutcome>, INeeds<BlockingWrite>
{
    // The audit line holds how much came; each target stands in the block list, or in a line of its own where it was refused.
    [System.Text.Json.Serialization.JsonIgnore]
    public byte[] Content { get; init; } = Content;

    /// <summary>Size of the file in bytes.</summary>
    public int Bytes => Content.Length;
}

file sealed class Validator : AbstractValidator<ImportBlocks>
{
    public Validator()
    {
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(r => r is null || !r.Any(char.IsControl)).WithMessage("A reason is one line.");
        RuleFor(c => c.Minutes).InclusiveBetween(1, 525_600);
        RuleFor(c => c.Group).MaximumLength(200);
    }
}

file sealed record Planned(PreviewedLine Shown, string Given, string? Reason, int? Minutes);

file sealed class Handler(BlockDesk desk, BlockingDb db, IProtectedAddresses book, CurrentActor current) : IQueryHandler<PreviewBlocks, FilePreview>, ICommandHandler<ImportBlocks, ImportOutcome>
{
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["target"] = "target",
        ["ip"] = "target",
        ["address"] = "target",
        ["目标"] = "target",
        ["地址"] = "target",
        ["ip地址"] = "target",
        ["reason"] = "reason",
        ["note"] = "reason",
        ["原因"] = "reason",
        ["备注"] = "reason",
        ["minutes"] = "minutes",
        ["分钟"] = "minutes",
        ["时长"] = "minutes",
    };

    public async Task<Result<FilePreview>> Handle(PreviewBlocks request, CancellationToken cancellationToken)
    {
        var plan = await Plan(request.Content, cancellationToken);
        return plan.Error is { } error ? error : FilePreview.Of([.. plan.Value.Select(p => p.Shown)]);
    }

    public async Task<Result<ImportOutcome>> Handle(ImportBlocks request, CancellationToken cancellationToken)
    {
        var plan = await Plan(request.Content, cancellationToken);
        if (plan.Error is { } error) return error;
        var lines = new List<PreviewedLine>();
        var batch = Guid.CreateVersion7().ToString("N");
        foreach (var planned in plan.Value)
        {
            // A line that stands twice or can't be read at all was never a try to block something.
            if (planned.Shown is { Fate: LineFate.Refused } and { Code: "blocking.line-twice" or "blocking.line-broken" or "blocking.line-minutes" }) lines.Add(planned.Shown);
            else lines.Add(await Want(planned, request, batch, cancellationToken));
        }
        var preview = FilePreview.Of(lines);
        return new ImportOutcome(preview.Added, preview.Changed, preview.Refused, [.. preview.Lines.Where(l => l.Fate == LineFate.Refused)]);
    }

    private async Task<PreviewedLine> Want(Planned planned, ImportBlocks request, string batch, CancellationToken ct)
    {
        var wish = new BlockWish
        {
            Key = string.Create(CultureInfo.InvariantCulture, $"file/{batch}/{planned.Shown.Line}"),
            Target = planned.Given,
            Reason = planned.Reason ?? request.Reason,
            For = (planned.Minutes ?? request.Minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            Group = request.Group ?? "",
            By = current.Actor.Name,
        };
        var wanted = await desk.Want(wish, true, ct);
        db.ChangeTracker.Clear();
        return wanted.Error is { } refused ? PreviewedLine.Refused(planned.Shown.Line, planned.Given, refused) : planned.Shown;
    }

    private async Task<Result<List<Planned>>> Plan(byte[] content, CancellationToken ct)
    {
        var read = ListFile.Read(content, Columns, "target");
        if (read.Error is { } error) return error;
        var known = (await db.Entries.Where(e => !e.Ended).Select(e => e.Target).ToListAsync(ct)).ToHashSet();
        var seen = new Dictionary<string, int>();
        var plan = new List<Planned>();
        foreach (var line in read.Value) plan.Add(await PlanOne(line, known, seen, ct));
        return plan;
    }

    private async Task<Planned> PlanOne(ListLine line, HashSet<string> known, Dictionary<string, int> seen, CancellationToken ct)
    {
        var given = line.Cells?.GetValueOrDefault("target") ?? "";
        if (line.Cells is null || line.Cells.GetValueOrDefault("reason") is { Length: > 500 }) return new Planned(PreviewedLine.Refused(line.Line, given, BlockingErrors.LineBroken), given, null, null);
        int? minutes = null;
        if (line.Cells.GetValueOrDefault("minutes") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 525_600) return new Planned(PreviewedLine.Refused(line.Line, given, BlockingErrors.LineMinutes.With("value", text.Length <= 40 ? text : text[..40])), given, null, null);
            minutes = number;
        }
        var check = await book.Check(given, ct);
        var reason = line.Cells.GetValueOrDefault("reason");
        var refusal = BlockDesk.Refusal(check, new BlockWish { Key = "", Target = given, Reason = "", By = "" });
        if (refusal is null && !seen.TryAdd(check.Target!, line.Line)) refusal = BlockingErrors.LineTwice.With("value", check.Target!).With("line", seen[check.Target!].ToString(CultureInfo.InvariantCulture));
        if (refusal is not null) return new Planned(PreviewedLine.Refused(line.Line, given, refusal), given, reason, minutes);
        return new Planned(new PreviewedLine(line.Line, known.Contains(check.Target!) ? LineFate.Changed : LineFate.Added, check.Target!, null, null), given, reason, minutes);
    }
}
