using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Own;
using Microsoft.EntityFrameworkCore;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.ThreatIntel.Hits;

/// <summary>Lists alerts that indicators made, the last met first.</summary>
internal sealed record ListHits : IQuery<HitPage>, INeeds<IntelRead>
{
    /// <summary>Part of a value, threat, technique or party.</summary>
    public string? Text { get; init; }

    /// <summary>One kind.</summary>
    public IndicatorKind? Kind { get; init; }

    /// <summary>Found later only, or live only; null for both.</summary>
    public bool? Late { get; init; }

    /// <summary>Of one indicator.</summary>
    public Guid? Indicator { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>An alert that an indicator made; threat, techniques, TLP and end are the indicator's as they were then.</summary>
internal sealed record HitView(Guid AlertId, Guid IndicatorId, bool IsOwn, IndicatorKind Kind, string Value, string Threat, IReadOnlyList<string> Techniques, SharingLimit? Tlp, DateTimeOffset? Until, Severity Severity, string Party, bool IsLate, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Count);

/// <summary>A page of hits.</summary>
/// <param name="Items">The hits.</param>
/// <param name="Total">How many fit.</param>
/// <param name="Indicators">Indicators that they are of.</param>
internal sealed record HitPage(IReadOnlyList<HitView> Items, int Total, int Indicators);

file sealed class Validator : AbstractValidator<ListHits>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Kind).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(IntelDb db) : IQueryHandler<ListHits, HitPage>
{
    public async Task<Result<HitPage>> Handle(ListHits request, CancellationToken cancellationToken)
    {
        var found = db.Hits.AsNoTracking();
        if (request.Kind is { } kind) found = found.Where(h => h.Kind == kind);
        if (request.Late is { } late) found = found.Where(h => h.IsLate == late);
        if (request.Indicator is { } indicator) found = found.Where(h => h.IndicatorId == indicator);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = LikeText.Within(text);
            found = found.Where(h => EF.Functions.Like(h.Value, part, "\\") || EF.Functions.Like(h.Threat.ToLower(), part, "\\") || EF.Functions.Like(h.Techniques.ToLower(), part, "\\") || EF.Functions.Like(h.Party.ToLower(), part, "\\"));
        }
        var rows = await found.OrderByDescending(h => h.LastAt).ThenByDescending(h => h.AlertId).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new HitPage(rows.ConvertAll(h => new HitView(h.AlertId, h.IndicatorId, h.IsOwn, h.Kind, h.Value, h.Threat, OwnRows.Apart(h.Techniques), Enum.TryParse<SharingLimit>(h.Tlp, out var tlp) ? tlp : null, h.Until, (Severity)h.Severity, h.Party, h.IsLate, h.FirstAt, h.LastAt, h.Count)),
            await found.CountAsync(cancellationToken), await found.Select(h => h.IndicatorId).Distinct().CountAsync(cancellationToken));
    }
}
