using Juming.Contracts.Egress;
using Juming.Operator.Customers.Data;
using Juming.Platform.Links;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Operator.Customers.Incidents;

/// <summary>Keeps what sites tell of their incidents: the latest of each. What a site says is bounded here once more, for it may be anybody's program.</summary>
internal sealed partial class TakeSummaries(CustomersDb db, ILogger<TakeSummaries> log) : INotificationHandler<RecordArrived>
{
    private const int MostTactics = 20;

    public async Task Handle(RecordArrived notification, CancellationToken cancellationToken)
    {
        if (notification.Topic != Topics.Reports || UpwardMessages.Read(notification.Type, notification.Payload) is not IncidentSummary told) return;
        // Those of an operator below a cloud, or of a site whose entry is gone, belong to nobody here.
        if (await db.Sites.AsNoTracking().FirstOrDefaultAsync(s => s.Id == notification.Peer, cancellationToken) is not { } site) return;
        if (told.Incident.Length != 16 || UpwardMessages.InstantOf(told.DetectedAt) is not { } detected || UpwardMessages.InstantOf(notification.At) is not { } at)
        {
            LogUnreadable(log, notification.Peer, notification.Seq);
            return;
        }
        var id = new Guid(told.Incident.Span, bigEndian: true);
        var row = await db.Incidents.FirstOrDefaultAsync(i => i.SiteId == site.Id && i.Id == id, cancellationToken);
        // Handed out once more after a later one; a site that was restored gives its numbers out again, at later times.
        if (row is not null && row.Seq >= notification.Seq && row.ToldAt >= at) return;
        if (row is null) db.Add(row = new SiteIncidentRow { SiteId = site.Id, Id = id, CustomerId = site.CustomerId });
        (row.Seq, row.ToldAt, row.DetectedAt) = (notification.Seq, at, detected);
        (row.Severity, row.Priority, row.Alerts) = (Math.Clamp((int)told.Severity, 1, 5), Math.Clamp((int)told.Priority, 1, 4), told.Alerts);
        (row.Stage, row.Verdict) = ((int)told.Stage, (int)told.Verdict);
        row.Attack = IsIdentifier(told.Attack) ? told.Attack : "";
        row.Tactics = string.Join(' ', told.Tactics.Where(IsIdentifier).Take(MostTactics));
        (row.AcknowledgedAt, row.ContainedAt, row.ResolvedAt, row.ClosedAt) = (UpwardMessages.InstantOf(told.AcknowledgedAt), UpwardMessages.InstantOf(told.ContainedAt), UpwardMessages.InstantOf(told.ResolvedAt), UpwardMessages.InstantOf(told.ClosedAt));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static bool IsIdentifier(string text) => text.Length is > 0 and <= 12 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '.');

    [LoggerMessage(Level = LogLevel.Warning, Message = "Record {Seq} of site {Site} tells an incident that can't be read")]
    private static partial void LogUnreadable(ILogger log, Guid site, long seq);
}
