using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Matching;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>
/// Searches stored events for new indicators, one run at a time, from the newest receipt backwards in portions of some hours. After each portion alerts are written, then how far it got: a
/// portion that is broken off is repeated and makes the same alerts. Between portions it rests, and it takes one of the places that all searches share.
/// </summary>
internal sealed partial class Hunter(ISearch search, ILedger ledger, IndicatorsInForce inForce, FindingMaker maker, HuntSignal signal, IServiceScopeFactory scopes, IntelSettings settings, TimeProvider clock, ILogger<Hunter> log) : BackgroundService
{
    private const int MostEvents = 20_000;
    private const int BatchSize = 512;
    private static readonly TimeSpan Portion = TimeSpan.FromHours(6);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (await Step(stoppingToken)) await Task.Delay(TimeSpan.FromMilliseconds(settings.HuntRestMilliseconds), clock, stoppingToken);
                    else await signal.Wait(LookEvery, stoppingToken);
                }
                catch (SearchQueryException e) when (e.Code == SearchQueryException.Busy)
                {
                    // People search; this can wait.
                    await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogFailed(log, e);
                    await Task.Delay(TimeSpan.FromSeconds(30), clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>One portion of the run that waits longest; false when none waits.</summary>
    public async Task<bool> Step(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IntelDb>();
        if (await db.Hunts.Where(h => h.DoneAt == null).OrderBy(h => h.At).FirstOrDefaultAsync(ct) is not { } run) return false;
        if (run.BegunAt is null) await scope.ServiceProvider.GetRequiredService<HuntOrders>().Begin(run, ct);
        var from = run.Reached - Portion > run.From ? Hour(run.Reached - Portion) : run.From;
        var found = await Look(run, from, ct);
        await scope.ServiceProvider.GetRequiredService<ILateFindings>().Write([.. found.Alerts], ct);
        run.Looked += found.Stored;
        run.Gone += found.Gone;
        run.Events += found.Events;
        run.Alerts += found.Alerts.Count;
        run.Cut += found.WasCut ? 1 : 0;
        run.Reached = from;
        if (from <= run.From) run.DoneAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<(IReadOnlyList<LateFinding> Alerts, long Events, long Stored, long Gone, bool WasCut)> Look(HuntRow run, DateTimeOffset from, CancellationToken ct)
    {
        var hunted = HuntOrders.Read(run);
        var query = new HuntQuery();
        foreach (var one in hunted) query.TryAdd(one);
        var asked = new InForceNow(new IndicatorView(null, [new IndicatorLayer(hunted.Select(h => h.Indexed), [], run.IsOwn)]), inForce.Now.Mutes);
        var (matcher, tally, batch) = (new IndicatorMatcher(maker, settings.LeastConfidence), new HuntTally($"{run.Id:N} {from.UtcTicks}", hunted.ToDictionary(h => h.Id.ToString(), h => (h.Until.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10)), new EventBatch(BatchSize));
        // Both ends of a span belong to it; the portion before began where this one ends.
        var to = run.Reached.AddMicroseconds(-1);
        var read = 0;
        await foreach (var chunk in search.Search(new SearchRequest(query.Text, from, to, MostEvents, ByReceipt: true), ct))
            foreach (var found in chunk.Events)
            {
                read++;
                StoredEvents.Add(batch, found);
                if (batch.Count == BatchSize) Ask();
            }
        Ask();
        var stored = (await search.Histogram(new SearchRequest("", from, to, ByReceipt: true), 1, ct)).Sum(s => s.Count);
        return (tally.Findings, tally.Events, stored, await Gone(run, from, stored, ct), read >= MostEvents);

        void Ask()
        {
            if (batch.Count > 0) matcher.Match(batch, FindingMaker.Late, asked, clock.GetUtcNow(), tally.Of(batch));
            batch.Clear();
        }
    }

    /// <summary>Events that the ledger says were stored in these minutes and that are no longer there. Only of whole minutes: the portion at the end of the run breaks one.</summary>
    private async Task<long> Gone(HuntRow run, DateTimeOffset from, long stored, CancellationToken ct)
    {
        if (run.Reached == run.To || from.Ticks % TimeSpan.TicksPerMinute != 0) return 0;
        var booked = (await ledger.Read(Minute(from), Minute(run.Reached), null, ct)).Where(d => d.Reason == "stored").Sum(d => d.Count);
        return Math.Max(0, booked - stored);
    }

    private static long Minute(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stored events could not be searched for new indicators; it is tried again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
