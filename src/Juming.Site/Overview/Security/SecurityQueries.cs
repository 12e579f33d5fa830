using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Overview.Security;

/// <summary>Alerts of a span. Each part of the overview is asked for by itself, so that one that fails takes no other with it.</summary>
/// <param name="Days">Length of the span in days, 1 to 90.</param>
internal sealed record GetSecurityAlerts(int Days) : IQuery<SecurityAlerts>, INeeds<OverviewRead>;

/// <summary>Lines received in a span.</summary>
/// <param name="Days">Length of the span in days, 1 to 90.</param>
internal sealed record GetSecurityLogs(int Days) : IQuery<SecurityLogs>, INeeds<OverviewRead>;

/// <summary>Incidents of a span.</summary>
/// <param name="Days">Length of the span in days, 1 to 90.</param>
internal sealed record GetSecurityIncidents(int Days) : IQuery<SecurityIncidents>, INeeds<IncidentsRead>;

/// <summary>Alerts of a span and, by severity, of the one before.</summary>
internal sealed record SecurityAlerts(AlertOverview Alerts, IReadOnlyDictionary<Severity, int> Before);

/// <summary>Lines of a span.</summary>
/// <param name="From">Beginning of the span.</param>
/// <param name="To">Its end: now.</param>
/// <param name="Steps">Lines received in 48 equal steps.</param>
/// <param name="Received">Lines received.</param>
/// <param name="Dropped">Lines that were received and not stored.</param>
/// <param name="ReceivedBefore">Lines received in the span before.</param>
/// <param name="Sources">Senders of the span.</param>
internal sealed record SecurityLogs(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<(DateTimeOffset At, long Count)> Steps, long Received, long Dropped, long ReceivedBefore, int Sources);

/// <summary>Incidents of a span.</summary>
/// <param name="Open">Open now, by severity.</param>
/// <param name="Times">Response times of those detected in the span.</param>
/// <param name="TimesBefore">The same of the span before.</param>
/// <param name="Targets">Victims and hosts with the most incidents.</param>
internal sealed record SecurityIncidents(IReadOnlyDictionary<Severity, int> Open, IReadOnlyList<ResponseTime> Times, IReadOnlyList<ResponseTime> TimesBefore, IReadOnlyList<(string Name, int Count)> Targets);

file sealed class AlertsValidator : AbstractValidator<GetSecurityAlerts>
{
    public AlertsValidator() => RuleFor(r => r.Days).InclusiveBetween(1, 90);
}

file sealed class LogsValidator : AbstractValidator<GetSecurityLogs>
{
    public LogsValidator() => RuleFor(r => r.Days).InclusiveBetween(1, 90);
}

file sealed class IncidentsValidator : AbstractValidator<GetSecurityIncidents>
{
    public IncidentsValidator() => RuleFor(r => r.Days).InclusiveBetween(1, 90);
}

file sealed class AlertsHandler(IAlertOverview alerts, TimeProvider clock) : IQueryHandler<GetSecurityAlerts, SecurityAlerts>
{
    public async Task<Result<SecurityAlerts>> Handle(GetSecurityAlerts request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var inSpan = await alerts.Since(now.AddDays(-request.Days), cancellationToken);
        var both = await alerts.Since(now.AddDays(-2 * request.Days), cancellationToken);
        return new SecurityAlerts(inSpan, Enum.GetValues<Severity>().ToDictionary(s => s, s => both.BySeverity.GetValueOrDefault(s) - inSpan.BySeverity.GetValueOrDefault(s)));
    }
}

file sealed class LogsHandler(ILedger ledger, TimeProvider clock) : IQueryHandler<GetSecurityLogs, SecurityLogs>
{
    private const int Steps = 48;

    public async Task<Result<SecurityLogs>> Handle(GetSecurityLogs request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (from, before) = (now.AddDays(-request.Days), now.AddDays(-2 * request.Days));
        var (first, last, width) = (from.ToUnixTimeSeconds() / 60, now.ToUnixTimeSeconds() / 60, request.Days * 1440 / Steps);
        var counts = new long[Steps];
        long dropped = 0, earlier = 0;
        var sources = new HashSet<int>();
        foreach (var row in await ledger.Read(before.ToUnixTimeSeconds() / 60, last + 1, null, cancellationToken))
        {
            if (row.Reason == "received")
            {
                if (row.Minute < first) earlier += row.Count;
                else counts[Math.Clamp((int)((row.Minute - first) / width), 0, Steps - 1)] += row.Count;
                if (row.Minute >= first && row.SourceId != 0) sources.Add(row.SourceId);
            }
            else if (row.Reason != "stored" && row.Minute >= first) dropped += row.Count;
        }
        return new SecurityLogs(from, now, [.. counts.Select((count, i) => (DateTimeOffset.FromUnixTimeSeconds((first + (i * width)) * 60), count))], counts.Sum(), dropped, earlier, sources.Count);
    }
}

file sealed class IncidentsHandler(IIncidentDirectory incidents, TimeProvider clock) : IQueryHandler<GetSecurityIncidents, SecurityIncidents>
{
    public async Task<Result<SecurityIncidents>> Handle(GetSecurityIncidents request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (from, before) = (now.AddDays(-request.Days), now.AddDays(-2 * request.Days));
        return new SecurityIncidents(await incidents.OpenBySeverity(cancellationToken), await incidents.ResponseTimes(from, now, cancellationToken), await incidents.ResponseTimes(before, from, cancellationToken), await incidents.TopTargets(from, 8, cancellationToken));
    }
}
