using System.Globalization;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Hunt;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Sets;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Own;

/// <summary>Enters one indicator of the site's own; one with the same value is changed. Answers with its identity.</summary>
internal sealed record EnterOwn(string Value, string Threat, string Note, int Severity = 3, int Confidence = 80, DateTimeOffset? Until = null) : ICommand<Guid>, INeeds<IntelWrite>;

/// <summary>Shows what a file would bring, line by line; changes nothing.</summary>
internal sealed record PreviewOwn(byte[] Content) : IQuery<OwnPreview>, INeeds<IntelWrite>;

/// <summary>Takes in the good lines of a file.</summary>
internal sealed record ImportOwn(byte[] Content, string Name) : ICommand<OwnOutcome>, INeeds<IntelWrite>
{
    // The audit line holds how much came in; the values stand in the table.
    [JsonIgnore]
    public byte[] Content { get; init; } = Content;

    /// <summary>Size of the file in bytes.</summary>
    public int Bytes => Content.Length;
}

/// <summary>Ends one of the site's own indicators.</summary>
internal sealed record EndOwn(Guid Id) : ICommand<Done>, INeeds<IntelWrite>;

/// <summary>What a file would bring.</summary>
/// <param name="Fresh">New values.</param>
/// <param name="Known">Values that are there and would be changed.</param>
/// <param name="Refused">Lines that are not taken.</param>
/// <param name="Lines">The refused lines first; at most 200.</param>
internal sealed record OwnPreview(int Fresh, int Known, int Refused, IReadOnlyList<OwnPreviewLine> Lines);

/// <summary>A line of a preview.</summary>
internal sealed record OwnPreviewLine(int Line, string Shown, IndicatorKind Kind, string Value, IndicatorProblem Problem);

/// <summary>What an import did.</summary>
internal sealed record OwnOutcome(int Fresh, int Known, int Refused);

file sealed class Validator : AbstractValidator<EnterOwn>
{
    public Validator()
    {
        RuleFor(c => c.Value).NotEmpty().MaximumLength(2100);
        RuleFor(c => c.Threat).NotNull().MaximumLength(120);
        RuleFor(c => c.Note).NotNull().MaximumLength(500);
        RuleFor(c => c.Severity).InclusiveBetween(1, 4);
        RuleFor(c => c.Confidence).InclusiveBetween(1, 100);
    }
}

file sealed class ImportValidator : AbstractValidator<ImportOwn>
{
    public ImportValidator() => RuleFor(c => c.Name).NotNull().MaximumLength(200);
}

file sealed class Handler(IntelDb db, OwnBook book, IndicatorsInForce inForce, HuntOrders hunts, HuntSignal signal, IntelSettings settings, CurrentActor current, TimeProvider clock) :
    ICommandHandler<EnterOwn, Guid>, IQueryHandler<PreviewOwn, OwnPreview>, ICommandHandler<ImportOwn, OwnOutcome>, ICommandHandler<EndOwn, Done>
{
    private const int MostShown = 200;

    public async Task<Result<Guid>> Handle(EnterOwn request, CancellationToken cancellationToken)
    {
        var (read, room) = (new List<IndicatorValue>(), new List<IndicatorValue>());
        var shown = request.Value.Length <= 80 ? request.Value : request.Value[..80];
        var problem = IndicatorReader.Read(request.Value, IndicatorKind.None, read);
        if (problem == IndicatorProblem.None) problem = read.Select(v => IndicatorCheck.Of(v, room)).FirstOrDefault(p => p != IndicatorProblem.None);
        if (problem is IndicatorProblem.Unreadable or IndicatorProblem.Empty) return IntelErrors.Unreadable.With("value", shown);
        if (problem != IndicatorProblem.None) return IntelErrors.Refused.With("value", shown).With("reason", IntelTexts.Of("Problem." + problem));
        if (request.Until <= clock.GetUtcNow()) return IntelErrors.InThePast;
        var items = read.ConvertAll(v => new OwnItem(v) { Confidence = request.Confidence, Severity = request.Severity, Threat = request.Threat.Trim(), Note = request.Note.Trim(), Until = request.Until });
        var put = await Put(items, cancellationToken);
        return put.Error is { } error ? error : put.Value.First;
    }

    public async Task<Result<OwnPreview>> Handle(PreviewOwn request, CancellationToken cancellationToken)
    {
        var made = OwnFile.Read(request.Content);
        if (made.Error is { } error) return error;
        var values = made.Value.Where(l => l.Item is not null).Select(l => l.Item!.Value).ToHashSet();
        var known = (await Standing(values, cancellationToken)).Count;
        var lines = made.Value.OrderBy(l => l.Problem == IndicatorProblem.None).Take(MostShown).Select(l => new OwnPreviewLine(l.Line, l.Shown, l.Item?.Value.Kind ?? IndicatorKind.None, l.Item?.Value.Value ?? "", l.Problem));
        return new OwnPreview(values.Count - known, known, made.Value.Count(l => l.Item is null), [.. lines]);
    }

    public async Task<Result<OwnOutcome>> Handle(ImportOwn request, CancellationToken cancellationToken)
    {
        var made = OwnFile.Read(request.Content);
        if (made.Error is { } error) return error;
        var items = made.Value.Where(l => l.Item is not null).Select(l => l.Item!).DistinctBy(i => i.Value).ToList();
        if (items.Count == 0) return IntelErrors.NoFile.With("reason", made.Value[0].Shown);
        var put = await Put(items, cancellationToken);
        return put.Error is { } full ? full : new OwnOutcome(put.Value.Fresh, items.Count - put.Value.Fresh, made.Value.Count(l => l.Item is null));
    }

    public async Task<Result<Done>> Handle(EndOwn request, CancellationToken cancellationToken)
    {
        using var held = await book.Enter(cancellationToken);
        if (await db.Own.FirstOrDefaultAsync(o => o.Id == request.Id && o.EndedAt == null, cancellationToken) is not { } row) return IntelErrors.NoSuchIndicator;
        (row.EndedAt, row.EndedBy) = (clock.GetUtcNow(), current.Actor.Name);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }

    private async Task<Result<(Guid First, int Fresh)>> Put(IReadOnlyList<OwnItem> items, CancellationToken ct)
    {
        using var held = await book.Enter(ct);
        var now = clock.GetUtcNow();
        var there = await Standing(items.Select(i => i.Value).ToHashSet(), ct);
        if (await db.Own.CountAsync(o => o.EndedAt == null && o.ValidUntil > now, ct) + items.Count - there.Count > settings.MostOwn) return IntelErrors.Full.With("most", settings.MostOwn.ToString(CultureInfo.InvariantCulture));
        var (first, fresh, view) = (Guid.Empty, new List<IndicatorEntry>(), inForce.Now.View);
        foreach (var item in items)
        {
            if (!there.TryGetValue(item.Value, out var row)) row = db.Add(new OwnRow { Kind = item.Value.Kind, Value = item.Value.Value }).Entity;
            Apply(item, row, now);
            if (first == Guid.Empty) first = row.Id;
            if (!view.Holds(item.Value)) fresh.Add(OwnRows.Entry(row));
        }
        var hunted = fresh.OrderByDescending(f => (f.Severity, f.Confidence)).Take(settings.MostHunted).ToList();
        hunts.Put(HuntOrders.Of(hunted, fresh.Count - hunted.Count, isOwn: true));
        await db.SaveChangesAsync(ct);
        await book.Reload(ct);
        signal.Wake();
        return (first, items.Count - there.Count);
    }

    private void Apply(OwnItem item, OwnRow row, DateTimeOffset now)
    {
        (row.Confidence, row.Severity, row.Threat, row.Note) = (item.Confidence ?? 70, item.Severity ?? 3, item.Threat, item.Note);
        (row.Labels, row.Techniques, row.Tlp) = (string.Join(',', item.Labels), string.Join(',', item.Techniques), item.Tlp ?? SharingLimit.AmberStrict);
        (row.ValidUntil, row.By, row.At) = (item.Until is { } until && until > now ? until : now.AddDays(settings.OwnDays), current.Actor.Name, now);
    }

    private async Task<Dictionary<IndicatorValue, OwnRow>> Standing(HashSet<IndicatorValue> values, CancellationToken ct)
    {
        var (found, now) = (new Dictionary<IndicatorValue, OwnRow>(), clock.GetUtcNow());
        foreach (var some in values.Select(v => v.Value).Distinct().Chunk(500))
            foreach (var row in await db.Own.Where(o => o.EndedAt == null && o.ValidUntil > now && some.Contains(o.Value)).ToListAsync(ct))
                if (values.Contains(new(row.Kind, row.Value))) found[new(row.Kind, row.Value)] = row;
        return found;
    }
}
