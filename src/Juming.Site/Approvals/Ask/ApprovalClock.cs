using Juming.Platform.Data;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Approvals.Ask;

/// <summary>Ends what nobody answered in time. Silence refuses; it never agrees.</summary>
internal sealed partial class ApprovalClock(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ApprovalClock> log) : BackgroundService
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private bool _away;

    /// <summary>Ends all whose time is over; for the loop, and for tests that move the clock.</summary>
    public async Task<int> EndOverdue(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ApprovalsDb>();
        var now = clock.GetUtcNow();
        var overdue = await db.Approvals.Where(a => a.State == ApprovalState.Asked && a.ExpiresAt <= now).OrderBy(a => a.ExpiresAt).Take(100).ToListAsync(ct);
        foreach (var row in overdue) Decisions.End(db, row, ApprovalState.Expired, "", "", now);
        if (overdue.Count > 0) await db.SaveChangesAsync(ct);
        return overdue.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Look(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
    }

    private async Task Look(CancellationToken ct)
    {
        try
        {
            while (await EndOverdue(ct) > 0) { }
            _away = false;
        }
        catch (DbUpdateConcurrencyException)
        {
            // An answer came in the same moment; the next look sees it.
            return;
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Approvals can't be ended in time: the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
