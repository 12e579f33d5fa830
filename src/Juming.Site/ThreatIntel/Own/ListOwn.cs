using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Own;

/// <summary>Lists the site's own indicators, the latest first.</summary>
internal sealed record ListOwn : IQuery<OwnPage>, INeeds<IntelRead>
{
    /// <summary>Part of a value, threat or note.</summary>
    public string? Text { get; init; }

    /// <summary>One kind.</summary>
    public IndicatorKind? Kind { get; init; }

    /// <summary>Those that have ended instead of those that count.</summary>
    public bool Ended { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One of the site's own indicators.</summary>
public sealed record OwnView(Guid Id, IndicatorKind Kind, string Value, int Severity, int Confidence, string Threat, IReadOnlyList<string> Labels, IReadOnlyList<string> Techniques, string Note, DateTimeOffset ValidUntil, string By, DateTimeOffset At, DateTimeOffset? EndedAt, string EndedBy);

/// <summary>A page of them, and how many there are.</summary>
internal sealed record OwnPage(IReadOnlyList<OwnView> Items, int Total);

file sealed class Validator : AbstractValidator<ListOwn>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Kind).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(IntelDb db, TimeProvider clock) : IQueryHandler<ListOwn, OwnPage>
{
    public async Task<Result<OwnPage>> Handle(ListOwn request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = request.Ended ? db.Own.Where(o => o.EndedAt != null || o.ValidUntil <= now) : db.Own.Where(o => o.EndedAt == null && o.ValidUntil > now);
        if (request.Kind is { } kind) found = found.Where(o => o.Kind == kind);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = LikeText.Within(text);
            found = found.Where(o => EF.Functions.Like(o.Value, part, "\\") || EF.Functions.Like(o.Threat.ToLower(), part, "\\") || EF.Functions.Like(o.Note.ToLower(), part, "\\"));
        }
        var rows = await found.OrderByDescending(o => o.At).ThenByDescending(o => o.Id).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        return new OwnPage(rows.ConvertAll(o => new OwnView(o.Id, o.Kind, o.Value, o.Severity, o.Confidence, o.Threat, OwnRows.Apart(o.Labels), OwnRows.Apart(o.Techniques), o.Note, o.ValidUntil, o.By, o.At, o.EndedAt, o.EndedBy)), await found.CountAsync(cancellationToken));
    }
}
