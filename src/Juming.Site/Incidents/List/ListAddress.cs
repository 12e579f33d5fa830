using Juming.Site.Detection;
using Microsoft.AspNetCore.WebUtilities;

namespace Juming.Site.Incidents.List;

/// <summary>The list that stands in an address: its filter and order, carried from the list to an incident and back.</summary>
internal static class ListAddress
{
    /// <summary>Spans of time that lists offer.</summary>
    public static readonly IReadOnlyDictionary<string, TimeSpan?> Spans = new Dictionary<string, TimeSpan?> { ["24h"] = TimeSpan.FromHours(24), ["7d"] = TimeSpan.FromDays(7), ["30d"] = TimeSpan.FromDays(30), ["all"] = null };

    private static readonly string[] Views = ["open", "mine", "unassigned", "closed", "all"];
    private static readonly string[] Carried = ["view", "text", "entity", "severity", "state", "span", "sort"];

    /// <summary>"?view=mine&amp;sort=last" of an address: only what makes up the list; empty for the usual list.</summary>
    public static string QueryOf(string address) =>
        QueryHelpers.AddQueryString("", Read(address).Where(p => Carried.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));

    /// <summary>The list of an address; what it says wrongly is as if it were not said.</summary>
    public static ListIncidents Of(string address, DateTimeOffset now)
    {
        var query = Read(address);
        return new ListIncidents
        {
            View = query.GetValueOrDefault("view") is { } view && Views.Contains(view) ? view : "open",
            Text = query.GetValueOrDefault("text"),
            Entity = query.GetValueOrDefault("entity"),
            LeastSeverity = Enum.TryParse<Severity>(query.GetValueOrDefault("severity"), true, out var severity) ? severity : null,
            State = Enum.TryParse<IncidentState>(query.GetValueOrDefault("state"), true, out var state) ? state : null,
            From = query.GetValueOrDefault("span") is { } span && Spans.GetValueOrDefault(span) is { } back ? now - back : null,
            Sort = query.GetValueOrDefault("sort") is { } sort && IncidentFilter.IsSort(sort) ? sort : "urgency",
        };
    }

    private static Dictionary<string, string> Read(string address) =>
        QueryHelpers.ParseQuery(new Uri(address).Query).Where(p => !string.IsNullOrEmpty(p.Value)).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);
}
