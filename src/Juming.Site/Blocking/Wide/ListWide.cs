using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Wide;

/// <summary>Wishes for wide ranges that wait for a second person, and those of the last day that were decided; the latest first.</summary>
internal sealed record ListWide : IQuery<IReadOnlyList<WideWish>>, INeeds<BlockingRead>;

/// <summary>A wish for a wide range.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Target">Range in normal form.</param>
/// <param name="Reason">Why.</param>
/// <param name="Minutes">How long; null for the step of the offence.</param>
/// <param name="Devices">Where, by name.</param>
/// <param name="By">Who wants it.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="State">How it stands.</param>
/// <param name="DecidedBy">Who decided; empty while it waits and when time did.</param>
/// <param name="EndedAt">When it was decided.</param>
/// <param name="Failure">Code of why it was agreed to and yet not blocked.</param>
/// <param name="Approval">The question.</param>
/// <param name="Entry">The block that came of it.</param>
internal sealed record WideWish(Guid Id, string Target, string Reason, int? Minutes, string Devices, string By, DateTimeOffset AskedAt, WideState State, string DecidedBy, DateTimeOffset? EndedAt, string? Failure, Guid? Approval, Guid? Entry);

file sealed class Handler(BlockingDb db, TimeProvider clock) : IQueryHandler<ListWide, IReadOnlyList<WideWish>>
{
    private const int MostShown = 100;

    public async Task<Result<IReadOnlyList<WideWish>>> Handle(ListWide request, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow().AddDays(-1);
        var rows = await db.Wide.AsNoTracking().Where(w => w.State == WideState.Asked || w.EndedAt >= since).OrderByDescending(w => w.AskedAt).Take(MostShown).ToListAsync(cancellationToken);
        return Result<IReadOnlyList<WideWish>>.Of([.. rows.Select(w => new WideWish(w.Id, w.Target, w.Reason, w.Minutes, w.DeviceNames, w.By, w.AskedAt, w.State, w.DecidedBy, w.EndedAt, w.Failure, w.Approval, w.Entry))]);
    }
}
