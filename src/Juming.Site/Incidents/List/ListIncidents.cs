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

    /// <summary>A party in any role, exact.</summary>
    public string? Entity { get; init; }

    /// <summary>Number, or text within title, attacker or target.</summary>
    public string? Text { get; init; }

    /// <summary>Last evidence at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last evidence before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>"urgency" (default), "last", "detected" or "severity".</summary>
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
        RuleFor(q => q.Sort).Must(v => v is "urgency" or "last" or "detected" or "severity").WithMessage("The order is urgency, last, detected or severity.");
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Entity).MaximumLength(400);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(IncidentsDb db, CurrentActor current) : IQueryHandler<ListIncidents, IncidentRows>
{
    public async Task<Result<IncidentRows>> Handle(ListIncidents request, CancellationToken cancellationToken)
    {
        var fitting = Filter(request);
        var severities = await fitting.GroupBy(i => i.Severity).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var rows = await Order(fitting, request.Sort).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new IncidentRows([.. rows.Select(r => r.Brief)], severities.Sum(s => s.Count), severities.ToDictionary(s => (Severity)s.Key, s => s.Count));
    }

    private static IOrderedQueryable<Incident> Order(IQueryable<Incident> incidents, string sort) => sort switch
    {
        "last" => incidents.OrderByDescending(i => i.LastAt).ThenBy(i => i.Id),
        "detected" => incidents.OrderByDescending(i => i.DetectedAt).ThenBy(i => i.Id),
        "severity" => incidents.OrderByDescending(i => i.Severity).ThenByDescending(i => i.LastAt).ThenBy(i => i.Id),
        _ => incidents.OrderBy(i => i.Priority).ThenByDescending(i => i.Severity).ThenByDescending(i => i.LastAt).ThenBy(i => i.Id),
    };

    private IQueryable<Incident> Filter(ListIncidents request)
    {
        var name = current.Actor.Name;
        var rows = InView(db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Merged), request.View, name);
        if (request.LeastSeverity is { } severity) rows = rows.Where(i => i.Severity >= (int)severity);
        if (request.State is { } state) rows = rows.Where(i => i.State == state);
        if (request.From is { } from) rows = rows.Where(i => i.LastAt >= from);
        if (request.To is { } to) rows = rows.Where(i => i.LastAt < to);
        if (request.Entity?.Trim() is { Length: > 0 } entity) rows = rows.Where(i => db.Parties.Any(p => p.IncidentId == i.Id && p.Value == entity));
        if (request.Text?.Trim() is not { Length: > 0 } text) return rows;
        if (Incident.ReadNumber(text) is { } number) return rows.Where(i => i.Year == number.Year && i.Number == number.Number);
        // The pattern's own signs are plain text here.
        var pattern = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).ToLowerInvariant() + "%";
        return rows.Where(i => EF.Functions.Like((i.OwnTitle ?? "").ToLower(), pattern, "\\") || EF.Functions.Like((i.Attacker ?? "").ToLower(), pattern, "\\")
            || EF.Functions.Like((i.Target ?? "").ToLower(), pattern, "\\") || EF.Functions.Like(i.TitleArguments.ToLower(), pattern, "\\"));
    }

    private static IQueryable<Incident> InView(IQueryable<Incident> rows, string view, string name) => view switch
    {
        "mine" => rows.Where(i => i.State != IncidentState.Closed && i.Assignee == name),
        "unassigned" => rows.Where(i => i.State != IncidentState.Closed && i.Assignee == ""),
        "closed" => rows.Where(i => i.State == IncidentState.Closed),
        "all" => rows,
        _ => rows.Where(i => i.State != IncidentState.Closed),
    };
}
