using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Sigma;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules.Filters;

/// <summary>One narrowing test of a site filter: a field, how it is compared, and values of which any will do.</summary>
/// <param name="Field">Field as events name it.</param>
/// <param name="Comparison">"equals", "contains", "startswith", "endswith" or "cidr".</param>
/// <param name="Values">Values.</param>
internal sealed record FilterTest(string Field, string Comparison, IReadOnlyList<string> Values);

/// <summary>Adds a site filter: what it matches no longer alerts, for the named rules, until it expires.</summary>
internal sealed record AddSiteFilter(string Title, IReadOnlyList<string> Rules, IReadOnlyList<FilterTest> Tests, string Reason, int? Days) : ICommand<Guid>, INeeds<DetectionWrite>;

/// <summary>Says how many of the last days' alerts a filter would have held back.</summary>
internal sealed record PreviewSiteFilter(IReadOnlyList<string> Rules, IReadOnlyList<FilterTest> Tests, int Days = 7) : IQuery<FilterPreview>, INeeds<DetectionRead>;

/// <summary>What a filter would have done.</summary>
/// <param name="Alerts">Alerts of the span that its tests fit, by their first event.</param>
/// <param name="TruePositives">Of them, those a person found to be real.</param>
/// <param name="Looked">Alerts of the rules that were looked at.</param>
/// <param name="Unsure">Alerts that do not show a field of the filter, so that nothing can be said.</param>
internal sealed record FilterPreview(int Alerts, int TruePositives, int Looked, int Unsure);

/// <summary>Ends a site filter.</summary>
internal sealed record RemoveSiteFilter(Guid Id) : ICommand<Done>, INeeds<DetectionWrite>;

/// <summary>Lists site filters, soonest to expire first.</summary>
internal sealed record ListSiteFilters : IQuery<IReadOnlyList<SiteFilterView>>, INeeds<DetectionRead>;

/// <summary>A site filter.</summary>
internal sealed record SiteFilterView(Guid Id, string Title, string Yaml, string Reason, string Owner, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Expired);

file sealed class Validator : AbstractValidator<AddSiteFilter>
{
    public Validator()
    {
        RuleFor(c => c.Title).NotEmpty().MaximumLength(200);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(1000);
        RuleFor(c => c.Days).InclusiveBetween(1, 365);
    }
}

file sealed class AddHandler(DetectionDb db, RuleBook book, DetectionSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<AddSiteFilter, Guid>
{
    public async Task<Result<Guid>> Handle(AddSiteFilter request, CancellationToken cancellationToken)
    {
        if (FilterText.IsTooWide(request.Rules, request.Tests)) return DetectionErrors.FilterTooWide;
        var rules = request.Rules.Select(book.Find).ToList();
        if (rules.Contains(null)) return DetectionErrors.NoSuchRule;
        if (FilterFields.AliasIn(rules, request.Tests) is { } alias) return DetectionErrors.FilterField.With("field", alias);
        var id = Guid.CreateVersion7();
        var yaml = FilterText.Write(id, request.Title, request.Rules, request.Tests);
        var trial = new SigmaLoader();
        trial.AddText("filter", yaml);
        var read = trial.Loaded();
        if (read.Filters.Count != 1) return DetectionErrors.FilterRefused.With("reason", read.Refused.Count > 0 ? read.Refused[0].Reason : "it is no filter");
        var now = clock.GetUtcNow();
        db.Filters.Add(new FilterRow
        {
            Id = id,
            Title = request.Title.Trim(),
            Yaml = yaml,
            Reason = request.Reason.Trim(),
            Owner = current.Actor.Name,
            CreatedAt = now,
            ExpiresAt = now.AddDays(request.Days ?? settings.FilterDays),
        });
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return id;
    }
}

file sealed class PreviewHandler(DetectionDb db, RuleBook book, TimeProvider clock) : IQueryHandler<PreviewSiteFilter, FilterPreview>
{
    private const int MostAlerts = 20_000;

    public async Task<Result<FilterPreview>> Handle(PreviewSiteFilter request, CancellationToken cancellationToken)
    {
        if (FilterText.IsTooWide(request.Rules, request.Tests)) return DetectionErrors.FilterTooWide;
        var since = clock.GetUtcNow().AddDays(-Math.Clamp(request.Days, 1, 90));
        var rules = request.Rules.ToArray();
        var rows = await db.Alerts.AsNoTracking().Where(a => rules.Contains(a.RuleId) && a.LastAt >= since).OrderByDescending(a => a.LastAt).Take(MostAlerts)
            .ToListAsync(cancellationToken);
        int fits = 0, real = 0, unsure = 0;
        foreach (var row in rows)
        {
            var fields = FilterFields.Of(row, book.Find(row.RuleId));
            if (request.Tests.Any(t => !fields.ContainsKey(t.Field))) unsure++;
            else if (request.Tests.All(t => FilterText.Holds(t, fields[t.Field])))
            {
                fits++;
                if (row.Verdict == nameof(Verdict.TruePositive)) real++;
            }
        }
        return new FilterPreview(fits, real, rows.Count, unsure);
    }
}

file sealed class RemoveHandler(DetectionDb db, RuleBook book) : ICommandHandler<RemoveSiteFilter, Done>
{
    public async Task<Result<Done>> Handle(RemoveSiteFilter request, CancellationToken cancellationToken)
    {
        if (await db.Filters.SingleOrDefaultAsync(f => f.Id == request.Id, cancellationToken) is not { } row) return DetectionErrors.NoSuchFilter;
        db.Filters.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}

file sealed class ListHandler(DetectionDb db, TimeProvider clock) : IQueryHandler<ListSiteFilters, IReadOnlyList<SiteFilterView>>
{
    public async Task<Result<IReadOnlyList<SiteFilterView>>> Handle(ListSiteFilters request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = await db.Filters.AsNoTracking().OrderBy(f => f.ExpiresAt).ToListAsync(cancellationToken);
        return rows.Select(f => new SiteFilterView(f.Id, f.Title, f.Yaml, f.Reason, f.Owner, f.CreatedAt, f.ExpiresAt, f.ExpiresAt <= now)).ToList();
    }
}
