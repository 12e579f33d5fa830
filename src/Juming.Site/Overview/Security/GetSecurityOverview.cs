using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Overview.Security;

/// <summary>What a manager asks: what happened in a span, what came of it, and how it compares with the span before.</summary>
/// <param name="Days">Length of the span in days, 1 to 90.</param>
internal sealed record GetSecurityOverview(int Days) : IQuery<SecurityOverview>, INeeds<OverviewRead>;

/// <summary>Figures of a span and of the one before.</summary>
/// <param name="From">Beginning of the span.</param>
/// <param name="To">Its end: now.</param>
/// <param name="Alerts">Alerts of the span.</param>
/// <param name="Before">Alerts by severity of the span before.</param>
/// <param name="Steps">Lines received in 48 equal steps.</param>
/// <param name="Received">Lines received.</param>
/// <param name="Dropped">Lines that were received and not stored.</param>
/// <param name="ReceivedBefore">Lines received in the span before.</param>
/// <param name="Sources">Senders of the span.</param>
/// <param name="Incidents">Null for those who may not look at incidents.</param>
internal sealed record SecurityOverview(
    DateTimeOffset From, DateTimeOffset To, AlertOverview Alerts, IReadOnlyDictionary<Severity, int> Before, IReadOnlyList<(DateTimeOffset At, long Count)> Steps,
    long Received, long Dropped, long ReceivedBefore, int Sources, SecurityIncidents? Incidents);

/// <summary>Incidents of a span.</summary>
/// <param name="Open">Open now, by severity.</param>
/// <param name="Times">Response times of those detected in the span.</param>
/// <param name="TimesBefore">The same of the span before.</param>
/// <param name="Targets">Victims and hosts with the most incidents.</param>
internal sealed record SecurityIncidents(IReadOnlyDictionary<Severity, int> Open, IReadOnlyList<ResponseTime> Times, IReadOnlyList<ResponseTime> TimesBefore, IReadOnlyList<(string Name, int Count)> Targets);

internal sealed class GetSecurityOverviewValidator : AbstractValidator<GetSecurityOverview>
{
    public GetSecurityOverviewValidator() => RuleFor(r => r.Days).InclusiveBetween(1, 90);
}

file sealed class Handler(IAlertOverview alerts, IIncidentDirectory incidents, ILedger ledger, CurrentActor current, TimeProvider clock) : IQueryHandler<GetSecurityOverview, SecurityOverview>
{
    private const int Steps = 48;

    public async Task<Result<SecurityOverview>> Handle(GetSecurityOverview request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (from, before) = (now.AddDays(-request.Days), now.AddDays(-2 * request.Days));
        var (first, last, width) = (from.ToUnixTimeSeconds() / 60, now.ToUnixTimeSeconds() / 60, request.Days * 1440 / Steps);
        var rows = await ledger.Read(before.ToUnixTimeSeconds() / 60, last + 1, null, cancellationToken);
        var counts = new long[Steps];
        long dropped = 0, earlier = 0;
        var sources = new HashSet<int>();
        foreach (var row in rows)
        {
            if (row.Reason == "received")
            {
                if (row.Minute < first) earlier += row.Count;
                else counts[Math.Clamp((int)((row.Minute - first) / width), 0, Steps - 1)] += row.Count;
                if (row.Minute >= first && row.SourceId != 0) sources.Add(row.SourceId);
            }
            else if (row.Reason != "stored" && row.Minute >= first) dropped += row.Count;
        }
        var inSpan = await alerts.Since(from, cancellationToken);
        var both = await alerts.Since(before, cancellationToken);
        return new SecurityOverview(from, now, inSpan, Enum.GetValues<Severity>().ToDictionary(s => s, s => both.BySeverity.GetValueOrDefault(s) - inSpan.BySeverity.GetValueOrDefault(s)),
            [.. counts.Select((count, i) => (DateTimeOffset.FromUnixTimeSeconds((first + (i * width)) * 60), count))], counts.Sum(), dropped, earlier, sources.Count, await Incidents(before, from, now, cancellationToken));
    }

    private async Task<SecurityIncidents?> Incidents(DateTimeOffset before, DateTimeOffset from, DateTimeOffset now, CancellationToken ct) => !current.Actor.Holds(IncidentsRead.Code) ? null : new SecurityIncidents(
        await incidents.OpenBySeverity(ct), await incidents.ResponseTimes(from, now, ct), await incidents.ResponseTimes(before, from, ct), await incidents.TopTargets(from, 8, ct));
}
