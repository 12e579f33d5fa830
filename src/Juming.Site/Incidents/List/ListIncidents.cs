using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Incidents.List;

/// <summary>Lists incidents, one page at a time.</summary>
internal sealed record ListIncidents : IQuery<IncidentRows>, INeeds<IncidentsRead>
{
    /// <summary>"open" (default), "mine", "unassigned", "closed" or "all".</summary>
    public string View { get; init; } = "open";

    /// <summary>Least severity, or null.</summary>
    public Severity? LeastSeverity { get; init; }

    /// <summary>One state, or null.</summary>
    public IncidentState? State { get; init; }

    /// <summary>A party in any role, whatever its case; several separated by "|", of which one must fit.</summary>
    public string? Entity { get; init; }

    /// <summary>Number, or text within title, attacker or target.</summary>
    public string? Text { get; init; }

    /// <summary>Last evidence at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last evidence before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>"urgency" (default), or one of <see cref="IncidentFilter.Sorts"/>, the greatest first; with ".up" at its end the smallest first.</summary>
    public string Sort { get; init; } = "urgency";

    /// <summary>Rows passed over, 0 to 100,000.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page, 1 to 200.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>A page of incidents.</summary>
internal sealed record IncidentRows(IReadOnlyList<IncidentBrief> Items, int Total, IReadOnlyDictionary<Severity, int> BySeverity);

file sealed class Validator : AbstractValidator<ListIncidents>
{
    public Validator()
    {
        RuleFor(q => q.View).Must(v => v is "open" or "mine" or "unassigned" or "closed" or "all").WithMessage("A view is open, mine, unassigned, closed or all.");
        RuleFor(q => q.Sort).Must(IncidentFilter.IsSort).WithMessage($"The order is one of {string.Join(", ", IncidentFilter.Sorts)}, the smallest first with .up at its end.");
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Entity).MaximumLength(20_000);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(IncidentsDb db, CurrentActor current) : IQueryHandler<ListIncidents, IncidentRows>
{
    public async Task<Result<IncidentRows>> Handle(ListIncidents request, CancellationToken cancellationToken)
    {
        var fitting = IncidentFilter.Fitting(db, request, current.Actor.Name);
        var severities = await fitting.GroupBy(i => i.Severity).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var rows = await IncidentFilter.Ordered(fitting, request.Sort).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new IncidentRows([.. rows.Select(r => r.Brief)], severities.Sum(s => s.Count), severities.ToDictionary(s => (Severity)s.Key, s => s.Count));
    }
}
