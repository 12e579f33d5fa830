using System.Net;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Data;
using Juming.Platform.Links;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Operator.Customers.Incidents;

/// <summary>Keeps what people of sites released of incidents. What came is bounded and read again here: it may be anybody's program that sent it.</summary>
internal sealed partial class TakeReleases(CustomersDb db, TimeProvider clock, ILogger<TakeReleases> log) : INotificationHandler<RecordArrived>
{
    private const int MostAttackers = 100;
    private const int MostOthers = 50;
    private const int MostPerIncident = 200;

    public async Task Handle(RecordArrived notification, CancellationToken cancellationToken)
    {
        if (notification.Topic != Topics.Reports || UpwardMessages.Read(notification.Type, notification.Payload) is not IncidentRelease told) return;
        if (await db.Sites.AsNoTracking().FirstOrDefaultAsync(s => s.Id == notification.Peer, cancellationToken) is not { } site) return;
        if (told.Incident.Length != 16 || UpwardMessages.InstantOf(told.ReleasedAt) is not { } at)
        {
            LogUnreadable(log, notification.Peer, notification.Seq);
            return;
        }
        var incident = new Guid(told.Incident.Span, bigEndian: true);
        var known = db.Releases.Where(r => r.SiteId == site.Id && r.IncidentId == incident);
        if (await known.AnyAsync(r => r.ReleasedAt == at, cancellationToken) || await known.CountAsync(cancellationToken) >= MostPerIncident) return;
        db.Add(new ReleaseRow
        {
            SiteId = site.Id,
            IncidentId = incident,
            ReleasedAt = at,
            CustomerId = site.CustomerId,
            ArrivedAt = clock.GetUtcNow(),
            Attackers = Joined(told.Attackers.Where(a => a.Length is 4 or 16).Select(a => new IPAddress(a.Span).ToString()), MostAttackers),
            Domains = Joined(told.Domains.Where(IsDomain), MostOthers),
            FileHashes = Joined(told.FileHashes.Where(h => h.Length is 16 or 20 or 32).Select(h => Convert.ToHexStringLower(h.Span)), MostOthers),
            Techniques = Joined(told.Techniques.Where(t => t.Length is > 0 and <= 12 && t.All(c => char.IsAsciiLetterOrDigit(c) || c == '.')), MostOthers),
            Hosts = told.Hosts,
            Accounts = told.Accounts,
            Matches = (long)Math.Min(told.Matches, long.MaxValue),
            FirstAt = UpwardMessages.InstantOf(told.FirstAt),
            LastAt = UpwardMessages.InstantOf(told.LastAt),
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static string Joined(IEnumerable<string> values, int most) => string.Join(' ', values.Take(most));

    // Normal forms alone: a name beyond ASCII comes as xn--.
    private static bool IsDomain(string name) => name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    [LoggerMessage(Level = LogLevel.Warning, Message = "Record {Seq} of site {Site} releases an incident's values that can't be read")]
    private static partial void LogUnreadable(ILogger log, Guid site, long seq);
}
