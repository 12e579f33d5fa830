using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>One alert.</summary>
internal sealed record GetAlert(Guid Id) : IQuery<AlertItem>, INeeds<DetectionRead>;

file sealed class Handler(DetectionDb db, RuleBook book, IEnumerable<IAlertWhereabouts> whereabouts) : IQueryHandler<GetAlert, AlertItem>
{
    public async Task<Result<AlertItem>> Handle(GetAlert request, CancellationToken cancellationToken)
    {
        if (await db.Alerts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.Id, cancellationToken) is not { } row) return DetectionErrors.NoSuchAlert;
        AlertPlace? place = null;
        foreach (var who in whereabouts) place ??= (await who.Find([row.Id], cancellationToken)).GetValueOrDefault(row.Id);
        return AlertItem.Of(row, book.Find(row.RuleId), withAdvice: true) with { Incident = place };
    }
}
