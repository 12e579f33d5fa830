using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Detection.Alerts;

/// <summary>
/// Matches again, at start, what was stored and not yet committed as alerts, and later any batch that its worker never brought.
/// Live batches are only noted meanwhile: they are stored and are read back like the rest, so order and memory stay bounded.
/// </summary>
internal sealed partial class CatchUp(
    IEventStore store, ILineNormalizer normalizer, ISourceDirectory sources, DetectionMatcher matcher, MatchQueue queue, AlertWriter writer, RulesInForce rules,
    IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<CatchUp> log) : BackgroundService
{
    private static readonly TimeSpan MissingFor = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _watermark;

    /// <summary>Completes when live batches are matched as they come.</summary>
    public Task Live => _live.Task;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _watermark = await writer.Restore(cancellationToken);
        if (store.LastSequence < _watermark)
        {
            LogRewound(log, _watermark, store.LastSequence);
            await writer.Rewind(_watermark = store.LastSequence, cancellationToken);
        }
        queue.StartAfter(_watermark);
        if (store.LastSequence == _watermark && await WarmFrom(cancellationToken) >= _watermark && queue.TryGoLive(_watermark)) _live.TrySetResult();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Closes gaps before a sequence right away; for a caller who knows that no worker is under way.</summary>
    public async Task CloseGaps(CancellationToken ct)
    {
        while (queue.Missing is { From: > 0 } missing && await ReadBack(missing, ct)) { }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!_live.Task.IsCompleted)
            {
                // Senders and their zones are known once everything has started.
                await Started(stoppingToken);
                await ReadPast(stoppingToken);
                _live.TrySetResult();
            }
            using var timer = new PeriodicTimer(MissingFor, clock);
            (long From, long To) last = default;
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var missing = queue.Missing;
                if (missing.From > 0 && missing.From == last.From) await ReadBack(last with { To = Math.Min(last.To, missing.To) }, stoppingToken);
                last = missing;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Started(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(ct);
    }

    private async Task<long> WarmFrom(CancellationToken ct)
    {
        if (rules.Current is not { } current || current.LookBack == TimeSpan.Zero) return _watermark;
        await using var scope = scopes.CreateAsyncScope();
        return Math.Min(_watermark, (await scope.ServiceProvider.GetRequiredService<DetectionDb>().Progress.AsNoTracking().SingleAsync(ct)).WarmFrom);
    }

    private async Task ReadPast(CancellationToken ct)
    {
        var batch = new EventBatch();
        var at = await WarmFrom(ct);
        do
        {
            var last = store.LastSequence;
            await foreach (var stored in store.ReadAfter(at, ct))
            {
                Normalise(stored, batch);
                var matches = matcher.Ask(batch, Math.Max(at, _watermark) + 1, stored.Sequence);
                at = stored.Sequence;
                // What lies before the watermark is committed; it was only asked so that correlations remember.
                if (at > _watermark) queue.CompleteCaughtUp(matches);
            }
            at = Math.Max(at, _watermark);
            if (at >= last) continue;
            // Commits of counts alone take places in the order and hold no events.
            queue.CompleteCaughtUp(new BatchMatches(at + 1, last));
            at = last;
        }
        while (!queue.TryGoLive(at));
    }

    private async Task<bool> ReadBack((long From, long To) missing, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!queue.TryClaim(missing.From, missing.To)) return false;
            var batch = new EventBatch();
            var at = missing.From;
            await foreach (var stored in store.ReadAfter(missing.From - 1, ct))
            {
                if (stored.Sequence > missing.To) break;
                Normalise(stored, batch);
                queue.Complete(matcher.Ask(batch, at, stored.Sequence));
                at = stored.Sequence + 1;
            }
            if (at <= missing.To) queue.Complete(new BatchMatches(at, missing.To));
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Normalise(StoredBatch stored, EventBatch batch)
    {
        batch.Clear();
        foreach (var line in stored.Lines)
        {
            normalizer.Normalize(batch, line.Raw, new LineContext { Received = line.Received, SourceId = line.SourceId, Line = line.Line, Source = sources.MemoryOf(line.SourceId) });
            batch.Current.Id = line.Id;
        }
        batch.Sequence = stored.Sequence;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event store ends at batch {Last}, before the watermark {Watermark}: it was emptied or restored. Detection begins anew after it")]
    private static partial void LogRewound(ILogger log, long watermark, long last);
}
