using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Detection.Alerts;

/// <summary>
/// The one writer of alerts. Takes what workers found in the store's order, folds it, and commits new and changed alerts, hits, the watermark
/// and the announcement in one transaction: what is in the table is exactly what the batches up to the watermark say.
/// </summary>
internal sealed partial class AlertWriter : BackgroundService, IAlertIntake
{
    private const int MostFoldsPerCommit = 5_000;
    private const int MostAnnouncedTogether = 500;
    private const int MostCodeAlerts = 1_000;

    private readonly MatchQueue _queue;
    private readonly RuleModes _modes;
    private readonly RulesInForce _rules;
    private readonly WarmMarks _marks;
    private readonly IServiceScopeFactory _scopes;
    private readonly DetectionSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<AlertWriter> _log;
    private readonly FoldTable _folds;
    private readonly StormGuard _storms;
    private readonly AlertLedger _ledger;

    // Stored alerts that grew and of which others do not yet know all.
    private readonly HashSet<Fold> _owed = [];
    private readonly Channel<Fold> _codes = Channel.CreateBounded<Fold>(new BoundedChannelOptions(MostCodeAlerts) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, long> _alertsByRule = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _committed;
    private DateTimeOffset _committedAt;

    public AlertWriter(
        MatchQueue queue, RuleModes modes, RulesInForce rules, WarmMarks marks, TierContext tier, IServiceScopeFactory scopes, DetectionSettings settings, TimeProvider clock, ILogger<AlertWriter> log)
    {
        (_queue, _modes, _rules, _marks, _scopes, _settings, _clock, _log) = (queue, modes, rules, marks, scopes, settings, clock, log);
        // A replay presses a day into seconds of receipt; a limit per minute would cut off rules that are well.
        _storms = new StormGuard(tier.Offline ? StormLimits.None
            : new StormLimits(settings.StormAlertsPerAttacker, settings.StormAlertsPerMinute, (long)TimeSpan.FromMinutes(settings.StormMinutes).TotalMicroseconds));
        _folds = new FoldTable(longest: (long)TimeSpan.FromMinutes(settings.AlertMinutes).TotalMicroseconds);
        _ledger = new AlertLedger(_folds, _storms);
    }

    /// <summary>Alerts committed since the start, by rule.</summary>
    public IReadOnlyDictionary<string, long> AlertsByRule => _alertsByRule;

    /// <summary>Last batch whose alerts are durable.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>Reads the watermark and the folds that may still grow. Once, before anything is taken.</summary>
    public async Task<long> Restore(CancellationToken ct)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DetectionDb>();
        var since = _clock.GetUtcNow().AddMinutes(-_settings.AlertMinutes);
        // Alerts that no rule made belong to no batch; those that may still grow are few and recent.
        await Restore(db.Alerts.AsNoTracking().Where(a => a.LastSequence == 0 && a.LastAt >= since).OrderByDescending(a => a.LastAt).Take(MostCodeAlerts), ct);
        await Restore(db.Alerts.AsNoTracking().Where(a => a.LastSequence > 0).OrderByDescending(a => a.LastSequence).ThenByDescending(a => a.FirstAt).Take(FoldTable.Capacity), ct);
        var progress = await db.Progress.AsNoTracking().SingleOrDefaultAsync(ct);
        if (progress is null)
        {
            db.Progress.Add(progress = new ProgressRow());
            await db.SaveChangesAsync(ct);
        }
        _committed = _ledger.Sequence = progress.Sequence;
        return progress.Sequence;
    }

    private async Task Restore(IQueryable<AlertRow> alerts, CancellationToken ct)
    {
        foreach (var fold in await AlertRows.Folds(alerts, ct))
        {
            _folds.Restore(fold);
            if (fold.IsOwed) _owed.Add(fold);
        }
    }

    /// <summary>The event store has less than the watermark says: it was emptied. Begins anew after its last batch.</summary>
    public async Task Rewind(long sequence, CancellationToken ct)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DetectionDb>();
        (await db.Progress.SingleAsync(ct)).Sequence = sequence;
        await db.SaveChangesAsync(ct);
        _committed = _ledger.Sequence = sequence;
    }

    /// <inheritdoc/>
    public void Raise(string code, Severity severity, IReadOnlyDictionary<string, string> arguments, int sourceId, DateTimeOffset at)
    {
        var sorted = new SortedDictionary<string, string>(arguments.ToDictionary(), StringComparer.Ordinal);
        if (!_codes.Writer.TryWrite(Fold.OpenCode(code, severity, JsonSerializer.Serialize(sorted), sourceId, PlainStatements.Micros(at)))) LogLost(_log, code);
    }

    /// <summary>Commits what is there. Returns whether anything was.</summary>
    /// <param name="evenWatermarkOnly">Also when nothing but the watermark moved.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="tellsAll">Announces everything that grew, however lately the last announcement was.</param>
    public async Task<bool> CommitReady(bool evenWatermarkOnly, CancellationToken ct, bool tellsAll = false)
    {
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var matches in _queue.TakeReady(MostFoldsPerCommit)) _ledger.Take(matches);
            while (_codes.Reader.TryRead(out var code)) _ledger.TakeCode(code);
            foreach (var (rule, until) in _storms.Begun) _ledger.TakeCode(Notice(rule, until));
            _storms.Begun.Clear();
            var now = _clock.GetUtcNow();
            if (_ledger.Dirty.Count == 0 && !_owed.Any(f => tellsAll || IsDue(f, PlainStatements.Micros(now))) && (_ledger.Sequence == _committed || !evenWatermarkOnly)) return false;
            await Commit(now, tellsAll, ct);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_settings.CommitMilliseconds), _clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await CommitReady(_clock.GetUtcNow() - _committedAt > TimeSpan.FromSeconds(2), stoppingToken)) { }
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Nothing is given up: what was to be written is still in the ledger.
                LogFailed(_log, e);
                await Task.Delay(TimeSpan.FromSeconds(1), _clock, CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            while (await CommitReady(true, cancellationToken, tellsAll: true)) { }
        }
        catch (Exception e)
        {
            // What is not committed is matched again at the next start.
            LogFailed(_log, e);
        }
    }

    private async Task Commit(DateTimeOffset now, bool tellsAll, CancellationToken ct)
    {
        var fresh = _ledger.Dirty.Where(f => f.Opening is not null).ToList();
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DetectionDb>();
        // The old value is part of the update's condition: a commit whose answer got lost is noticed, not repeated.
        var progress = db.Attach(new ProgressRow { Sequence = _committed });
        progress.Entity.Sequence = _ledger.Sequence;
        progress.Property(p => p.Sequence).IsModified = true;
        progress.Entity.WarmFrom = _marks.From(_ledger.Sequence, _rules.Current?.LookBack ?? TimeSpan.Zero);
        progress.Property(p => p.WarmFrom).IsModified = true;
        foreach (var ids in fresh.Select(f => f.Id).Chunk(MostAnnouncedTogether)) db.Publish(new AlertsRaised(ids));
        var stored = _ledger.Dirty.Where(f => f.Opening is null).Concat(_owed.Where(f => !f.IsDirty)).ToList();
        var told = stored.Where(f => f.IsOwed && (tellsAll || IsDue(f, PlainStatements.Micros(now)))).ToHashSet();
        foreach (var some in told.Chunk(MostAnnouncedTogether)) db.Publish(new AlertsGrown([.. some.Select(f => new GrownAlert(f.Id, AlertRows.Instant(f.Last), f.Count, f.Result))]));
        try
        {
            await db.SaveWith(async plain =>
            {
                var statements = new AlertStatements(plain);
                await statements.Insert(fresh.Select(f => AlertRows.Of(f, now)));
                await statements.Update(stored.Where(f => f.IsDirty || told.Contains(f)).Select(f => (f, told.Contains(f) ? f.Count : f.ToldCount)));
                await statements.AddHits(_ledger.Hits.Select(h => (h.Key, h.Value)));
            }, ct);
        }
        catch (DbUpdateConcurrencyException) when (_ledger.Sequence != _committed)
        {
            await using var look = _scopes.CreateAsyncScope();
            if ((await look.ServiceProvider.GetRequiredService<DetectionDb>().Progress.AsNoTracking().SingleAsync(ct)).Sequence != _ledger.Sequence) throw;
        }
        foreach (var fold in fresh) _alertsByRule.AddOrUpdate(fold.Opening!.Rule.Id, 1, static (_, n) => n + 1);
        _modes.NoteHits(_ledger.Hits);
        foreach (var fold in fresh) fold.Told(PlainStatements.Micros(now));
        foreach (var fold in told) fold.Told(PlainStatements.Micros(now));
        _owed.ExceptWith(told);
        _owed.UnionWith(stored.Where(f => f.IsOwed));
        _ledger.Clear();
        Volatile.Write(ref _committed, _ledger.Sequence);
        _committedAt = now;
    }

    /// <summary>Others are told now that an alert grew: at once when its result got worse, else not too often.</summary>
    private bool IsDue(Fold fold, long now) =>
        fold.IsOwed && (fold.Result.Rank() > fold.ToldResult.Rank() || now - fold.ToldAt >= _settings.GrownSeconds * 1_000_000L);

    private Fold Notice(AlertRule rule, long until)
    {
        _modes.NoteStorm(rule.Id, AlertRows.Instant(until));
        var arguments = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["rule"] = rule.Title, ["rule_id"] = rule.Id, ["limit"] = _settings.StormAlertsPerMinute.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        return Fold.OpenCode("detection.rule-storm", Severity.Medium, JsonSerializer.Serialize(arguments), 0, PlainStatements.Micros(_clock.GetUtcNow()));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts could not be committed; they are kept and tried again")]
    private static partial void LogFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {Code} was lost: too many are waiting")]
    private static partial void LogLost(ILogger log, string code);
}
