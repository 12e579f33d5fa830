using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Finds indicators, those that changed last first.</summary>
internal sealed record ListIndicators : IQuery<IndicatorPage>, INeeds<ThreatIntelRead>
{
    /// <summary>A value in any writing, or the beginning of one.</summary>
    public string? Text { get; init; }
    public IndicatorKind? Kind { get; init; }
    public IndicatorState? State { get; init; }
    public ThreatKind? Threat { get; init; }

    /// <summary>Named by this source.</summary>
    public Guid? Source { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>An indicator with what each source says of it.</summary>
internal sealed record ReadIndicator(Guid Id) : IQuery<IndicatorDossier>, INeeds<ThreatIntelRead>;

/// <summary>An indicator.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its normal form.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Confidence">0 to 99.</param>
/// <param name="Severity">1 low to 4 critical.</param>
/// <param name="Tlp">How far it may travel.</param>
/// <param name="Threat">What it is a sign of.</param>
/// <param name="Sources">Sources that name it.</param>
/// <param name="FirstSeen">First seen.</param>
/// <param name="LastSeen">Last seen.</param>
/// <param name="Warnings">Warning lists that hold it.</param>
/// <param name="ChangedAt">When it changed last.</param>
/// <param name="ExpiresAt">When it stops counting unless somebody says more; null for no end.</param>
public sealed record IndicatorView(Guid Id, IndicatorKind Kind, string Value, IndicatorState State, int Confidence, int Severity, Tlp Tlp, ThreatKind Threat, int Sources, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, IReadOnlyList<string> Warnings, DateTimeOffset ChangedAt, DateTimeOffset? ExpiresAt)
{
    internal static IndicatorView Of(IndicatorRow row) => new(row.Id, row.Kind, row.Value, row.State, row.Confidence, row.Severity, row.Tlp, row.Threat, row.Sources, row.FirstSeen, row.LastSeen, row.Warnings.Split('\n', StringSplitOptions.RemoveEmptyEntries), row.ChangedAt, row.ExpiresAt);
}

/// <summary>Indicators, and how many there are, counted up to ten thousand.</summary>
internal sealed record IndicatorPage(IReadOnlyList<IndicatorView> Items, int Total);

/// <summary>What one source says.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Confidence">How sure it says to be.</param>
/// <param name="Threat">Of what.</param>
/// <param name="Family">Family of malware, or empty.</param>
/// <param name="Techniques">ATT&amp;CK.</param>
/// <param name="Note">Its remark.</param>
/// <param name="Reference">Where to read more; never a link, since it is the source's word.</param>
/// <param name="Tlp">How far its word may travel.</param>
/// <param name="FirstSeen">First seen.</param>
/// <param name="LastSeen">Last seen.</param>
/// <param name="ValidUntil">It says that it holds until then.</param>
/// <param name="WithdrawnAt">When it was taken back; null while it stands.</param>
public sealed record ClaimView(string Source, int Confidence, ThreatKind Threat, string Family, IReadOnlyList<string> Techniques, string Note, string Reference, Tlp Tlp, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, DateTimeOffset? ValidUntil, DateTimeOffset? WithdrawnAt);

/// <summary>An indicator with its origin.</summary>
/// <param name="Indicator">The indicator.</param>
/// <param name="Claims">What sources say, those that stand first.</param>
/// <param name="Decision">What a person decided; null for nothing.</param>
/// <param name="DecidedBy">Who.</param>
/// <param name="DecisionReason">Why.</param>
/// <param name="DecidedAt">When.</param>
internal sealed record IndicatorDossier(IndicatorView Indicator, IReadOnlyList<ClaimView> Claims, IndicatorState? Decision, string DecidedBy, string DecisionReason, DateTimeOffset? DecidedAt);

file sealed class Validator : AbstractValidator<ListIndicators>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(2048);
        RuleFor(q => q.Kind).IsInEnum();
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Threat).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(ThreatIntelDb db) : IQueryHandler<ListIndicators, IndicatorPage>, IQueryHandler<ReadIndicator, IndicatorDossier>
{
    // Counting millions of rows for a number that nobody reads to its end would take longer than finding them.
    private const int MostCounted = 10_000;

    public async Task<Result<IndicatorPage>> Handle(ListIndicators request, CancellationToken cancellationToken)
    {
        var found = db.Indicators.AsNoTracking();
        if (request.Kind is { } kind) found = found.Where(i => i.Kind == kind);
        if (request.State is { } state) found = found.Where(i => i.State == state);
        if (request.Threat is { } threat) found = found.Where(i => i.Threat == threat);
        if (request.Source is { } source) found = found.Where(i => db.Claims.Any(c => c.IndicatorId == i.Id && c.SourceId == source && c.WithdrawnAt == null));
        if (request.Text?.Trim() is { Length: > 0 } text) found = Texts(found, text);
        var rows = await found.OrderByDescending(i => i.ChangedAt).ThenBy(i => i.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new IndicatorPage(rows.ConvertAll(IndicatorView.Of), await found.Take(MostCounted).CountAsync(cancellationToken));
    }

    public async Task<Result<IndicatorDossier>> Handle(ReadIndicator request, CancellationToken cancellationToken)
    {
        if (await db.Indicators.AsNoTracking().FirstOrDefaultAsync(i => i.Id == request.Id, cancellationToken) is not { } row) return ThreatIntelErrors.NoSuchIndicator;
        var claims = await db.Claims.AsNoTracking().Where(c => c.IndicatorId == row.Id).Join(db.Sources, c => c.SourceId, s => s.Id, (Claim, Source) => new { Claim, Source.Name }).ToListAsync(cancellationToken);
        var views = claims.OrderBy(c => c.Claim.WithdrawnAt is not null).ThenByDescending(c => c.Claim.LastSeen)
            .Select(c => new ClaimView(c.Name, c.Claim.Confidence, c.Claim.Threat, c.Claim.Family, AttackWords.Apart(c.Claim.Techniques), c.Claim.Note, c.Claim.Reference, c.Claim.Tlp, c.Claim.FirstSeen, c.Claim.LastSeen, c.Claim.ValidUntil, c.Claim.WithdrawnAt));
        return new IndicatorDossier(IndicatorView.Of(row), [.. views], row.Decision, row.DecidedBy, row.DecisionReason, row.DecidedAt);
    }

    /// <summary>The value itself where the text is one in any writing; otherwise values that begin so, which the index on values answers.</summary>
    private static IQueryable<IndicatorRow> Texts(IQueryable<IndicatorRow> all, string text)
    {
        var values = new List<IndicatorValue>();
        if (IndicatorReader.Read(text, IndicatorKind.None, values) == IndicatorProblem.None)
        {
            var (one, web) = (values[0].Value, "http://" + values[0].Value);
            return all.Where(i => i.Value == one || i.Value.StartsWith(one) || i.Value.StartsWith(web));
        }
        var begin = text.ToLowerInvariant();
        return all.Where(i => i.Value.StartsWith(begin));
    }
}
