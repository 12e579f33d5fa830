using System.Globalization;
using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Enters values by hand: one a line, as reports write them.</summary>
internal sealed record AddIndicators : ICommand<AddedIndicators>, INeeds<ThreatIntelWrite>
{
    public string Text { get; init; } = "";
    public ThreatKind Threat { get; init; }
    public int Confidence { get; init; } = 80;
    public Tlp Tlp { get; init; } = Tlp.Amber;
    public string Note { get; init; } = "";

    /// <summary>Name of the threat, such as a family of malware.</summary>
    public string Family { get; init; } = "";

    /// <summary>ATT&amp;CK techniques, in any separators.</summary>
    public string Techniques { get; init; } = "";
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What became of the lines.</summary>
/// <param name="Taken">Values that were taken.</param>
/// <param name="Fresh">Of these, values that nobody had named before.</param>
/// <param name="Refused">Lines that are none, with why; the first thousand.</param>
internal sealed record AddedIndicators(int Taken, int Fresh, IReadOnlyList<RefusedLine> Refused);

/// <summary>A line that is no indicator.</summary>
internal sealed record RefusedLine(string Value, IndicatorProblem Reason);

file sealed class Validator : AbstractValidator<AddIndicators>
{
    private const int LongestText = 4_000_000;

    public Validator()
    {
        RuleFor(c => c.Text).NotEmpty().MaximumLength(LongestText);
        RuleFor(c => c.Threat).IsInEnum();
        RuleFor(c => c.Confidence).InclusiveBetween(1, 100);
        RuleFor(c => c.Tlp).IsInEnum();
        RuleFor(c => c.Note).NotNull().MaximumLength(300);
        RuleFor(c => c.Family).NotNull().MaximumLength(120);
        RuleFor(c => c.Techniques).NotNull().MaximumLength(300).Must(t => t.All(char.IsWhiteSpace) || AttackWords.Of(t).Length > 0).WithMessage("Techniques are identifiers of ATT&CK, such as T1071.001.");
    }
}

file sealed class Handler(ThreatIntelDb db, MergeDesk desk, MergeTurn turn, ThreatIntelSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<AddIndicators, AddedIndicators>
{
    // One for all that people enter, the same at every start.
    private static readonly Guid People = new("0196f0a0-0000-7000-8000-000000000001");

    public async Task<Result<AddedIndicators>> Handle(AddIndicators request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.Until <= now) return ThreatIntelErrors.InThePast;
        var lines = request.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > settings.MostPerSource) return ThreatIntelErrors.TooMany.With("most", settings.MostPerSource.ToString(CultureInfo.InvariantCulture));
        using var held = await turn.Enter(cancellationToken);
        var source = await Source(cancellationToken);
        var intake = new FeedIntake(source, settings, now);
        foreach (var line in lines)
            if (line[0] != '#') intake.Add(new FeedItem(line) { Confidence = request.Confidence, Threat = request.Threat, Tlp = request.Tlp, Note = request.Note, Family = request.Family, Techniques = request.Techniques, Reference = current.Actor.Name, First = now, Last = now, Until = request.Until });
        if (intake.Read == 0) return ThreatIntelErrors.NothingToAdd;
        var counts = await desk.Merge(source, intake.Said, isWhole: false, cancellationToken);
        var row = await db.Sources.FirstAsync(s => s.Id == People, cancellationToken);
        (row.LastOkAt, row.LastRunAt) = (now, now);
        row.Standing = await db.Claims.LongCountAsync(c => c.SourceId == People && c.WithdrawnAt == null, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return new AddedIndicators(intake.Said.Count, counts.Fresh, [.. intake.Refused.Select(r => new RefusedLine(r.Key, r.Value))]);
    }

    private async Task<SourceRow> Source(CancellationToken ct)
    {
        if (await db.Sources.AsNoTracking().FirstOrDefaultAsync(s => s.Id == People, ct) is { } there) return there;
        var row = new SourceRow { Id = People, Name = "人工 / Manual", Kind = SourceKind.Manual, Reliability = Reliability.B, MayDistribute = true };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return row;
    }
}
