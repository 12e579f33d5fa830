using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.List;

/// <summary>Which incidents a list shows and in which order; the list, its export and the way from one incident to the next share it.</summary>
internal static class IncidentFilter
{
    /// <summary>What rows can be sorted by.</summary>
    public static readonly string[] Sorts = ["urgency", "last", "detected", "severity", "number", "state", "assignee", "alerts"];

    private const string Upward = ".up";

    /// <summary>True for a known order.</summary>
    public static bool IsSort(string? sort) => sort is not null && Sorts.Contains(sort.EndsWith(Upward, StringComparison.Ordinal) ? sort[..^Upward.Length] : sort);

    /// <summary>Incidents that fit; merged ones never do.</summary>
    public static IQueryable<Incident> Fitting(IncidentsDb db, ListIncidents request, string reader)
    {
        var rows = InView(db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Merged), request.View, reader);
        if (request.LeastSeverity is { } severity) rows = rows.Where(i => i.Severity >= (int)severity);
        if (request.State is { } state) rows = rows.Where(i => i.State == state);
        if (request.From is { } from) rows = rows.Where(i => i.LastAt >= from);
        if (request.To is { } to) rows = rows.Where(i => i.LastAt < to);
        if (request.Entity is { } entities && Keys(entities) is { Length: > 0 } keys) rows = rows.Where(i => db.Parties.Any(p => p.IncidentId == i.Id && keys.Contains(p.ValueKey)));
        return request.Text?.Trim() is { Length: > 0 } text ? WithText(rows, text) : rows;
    }

    /// <summary>Incidents in a known order.</summary>
    public static IOrderedQueryable<Incident> Ordered(IQueryable<Incident> incidents, string sort) => (sort switch
    {
        "last" => incidents.OrderByDescending(i => i.LastAt),
        "last.up" => incidents.OrderBy(i => i.LastAt),
        "detected" => incidents.OrderByDescending(i => i.DetectedAt),
        "detected.up" => incidents.OrderBy(i => i.DetectedAt),
        "severity" => incidents.OrderByDescending(i => i.Severity).ThenByDescending(i => i.LastAt),
        "severity.up" => incidents.OrderBy(i => i.Severity).ThenByDescending(i => i.LastAt),
        "number" => incidents.OrderByDescending(i => i.Year).ThenByDescending(i => i.Number),
        "number.up" => incidents.OrderBy(i => i.Year).ThenBy(i => i.Number),
        "state" => incidents.OrderByDescending(i => i.State).ThenByDescending(i => i.LastAt),
        "state.up" => incidents.OrderBy(i => i.State).ThenByDescending(i => i.LastAt),
        "assignee" => incidents.OrderByDescending(i => i.Assignee).ThenByDescending(i => i.LastAt),
        "assignee.up" => incidents.OrderBy(i => i.Assignee).ThenByDescending(i => i.LastAt),
        "alerts" => incidents.OrderByDescending(i => i.Alerts).ThenByDescending(i => i.LastAt),
        "alerts.up" => incidents.OrderBy(i => i.Alerts).ThenByDescending(i => i.LastAt),
        "urgency.up" => incidents.OrderByDescending(i => i.Priority).ThenBy(i => i.Severity).ThenBy(i => i.LastAt),
        _ => incidents.OrderBy(i => i.Priority).ThenByDescending(i => i.Severity).ThenByDescending(i => i.LastAt),
    }).ThenBy(i => i.Id);

    private static string[] Keys(string entities) => [.. entities.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(100).Select(PartyRow.KeyOf)];

    private static IQueryable<Incident> WithText(IQueryable<Incident> rows, string text)
    {
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
