using System.Text.Json;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Hunt;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.InForce;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>
/// The cloud's indicators at this site: a mapped set, and above it single changes, which are rows and a layer in memory. A set is built beside the one in force without holding up changes;
/// only the swap takes the turn. The version of the mapped set stands in its file, so that after a power cut file and rows agree: rows up to it have become part of it.
/// </summary>
internal sealed partial class IndicatorSet(TierContext tier, IndicatorsInForce inForce, IServiceScopeFactory scopes, IntelSettings settings, TimeProvider clock, ILogger<IndicatorSet> log) : BackgroundService, IIndicatorSet
{
    private readonly SemaphoreSlim _building = new(1, 1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _foldWanted = new(0, 1);
    private IndicatorShelf _shelf = null!;
    private Dictionary<Guid, ChangeRow> _changes = [];
    private SetRow _state = new();

    /// <inheritdoc/>
    public long Version => Math.Max(_state.Version, _shelf.Current?.Version ?? 0);

    /// <inheritdoc/>
    public long? WantsSetAfter => _state.WantsSetAfter;

    /// <summary>Where the set stands, for people.</summary>
    public SetStanding Standing
    {
        get
        {
            var (state, changes, ends, now) = (_state, _changes, EndTally.Of(_state.Ends), clock.GetUtcNow());
            var kinds = (JsonSerializer.Deserialize<Dictionary<IndicatorKind, long>>(state.Kinds) ?? []).ToDictionary(k => k.Key, k => Math.Max(0, k.Value - ends.Ended(k.Key, now)));
            // Ends of changes are looked at one by one: there are few, and people look at this alone.
            return new(Version, kinds, changes.Values.Count(c => !c.Withdrawn && !(IndicatorFacts.Of(ChangeRows.Indexed(c)).Until <= now)), changes.Values.Count(c => c.Withdrawn), state.ReplacedAt, state.ChangedAt, state.WantsSetAfter, _shelf.CanRollBack, _shelf.Refused, _shelf.Current?.MappedBytes ?? 0);
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _shelf = new IndicatorShelf(Path.Combine(tier.DataFolder, "indicators"));
        if (_shelf.Refused is { } reason) LogRefused(log, reason);
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IntelDb>();
            _state = await db.Sets.AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new SetRow();
            var version = _shelf.Current?.Version ?? 0;
            await db.Changes.Where(c => c.Version <= version).ExecuteDeleteAsync(cancellationToken);
            _changes = await db.Changes.AsNoTracking().ToDictionaryAsync(c => c.Id, cancellationToken);
        }
        Show();
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Result<IndicatorDelivery>> Replace(long version, IAsyncEnumerable<IndicatorEntry> entries, CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        try
        {
            if (Hindrance(version) is { } hindrance) return hindrance;
            using var build = new SetBuild(_shelf.Build(version), inForce.Now.View, settings.MostHunted, clock.GetUtcNow());
            await foreach (var entry in entries.WithCancellation(ct)) build.Add(entry);
            build.Finish();
            await _turn.WaitAsync(ct);
            try
            {
                _shelf.Use(build.Set);
                _changes = _changes.Where(c => c.Value.Version > version).ToDictionary();
                var now = clock.GetUtcNow();
                await Save(new SetRow { Version = Math.Max(version, _changes.Count > 0 ? _state.Version : 0), ReplacedAt = now, ChangedAt = now, Kinds = build.Kinds, Ends = build.Ends }, version, HuntOrders.Of(build.Fresh, build.FreshLeftOut, false), ct);
                Show();
            }
            finally
            {
                _turn.Release();
            }
            LogReplaced(log, version, build.Count, build.Refused);
            return Delivery(build.Refused);
        }
        catch (IndicatorFileException e)
        {
            return IntelErrors.Broken.With("reason", e.Reason);
        }
        finally
        {
            _building.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<Result<IndicatorDelivery>> Change(long version, IReadOnlyList<IndicatorEntry> added, IReadOnlyList<Guid> withdrawn, CancellationToken ct)
    {
        if (added.Count + withdrawn.Count > IIndicatorSet.MostChanges) return IntelErrors.TooMany.With("most", IIndicatorSet.MostChanges.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _turn.WaitAsync(ct);
        try
        {
            if (_state.WantsSetAfter is { } after) return IntelErrors.RolledBack.With("after", Text(after));
            if (version <= Version) return Delivery(0);
            var (room, rows, fresh) = (new List<IndicatorValue>(), new Dictionary<Guid, ChangeRow>(), new List<IndicatorEntry>());
            foreach (var id in withdrawn) rows[id] = new ChangeRow { Id = id, Version = version, Withdrawn = true };
            var refused = 0;
            var view = inForce.Now.View;
            foreach (var entry in added)
            {
                if (IndicatorCheck.Of(entry.Value, room) != IndicatorProblem.None)
                {
                    refused++;
                    continue;
                }
                rows[entry.Id] = ChangeRows.Of(SetBuild.Sane(entry), version);
                if (!view.Holds(entry.Value)) fresh.Add(entry);
            }
            var hunted = fresh.OrderByDescending(f => (f.Severity, f.Confidence)).Take(settings.MostHunted).ToList();
            await Save(new SetRow { Version = version, ReplacedAt = _state.ReplacedAt, ChangedAt = clock.GetUtcNow(), Kinds = _state.Kinds, Ends = _state.Ends }, 0, HuntOrders.Of(hunted, fresh.Count - hunted.Count, false), ct, [.. rows.Values]);
            var changes = new Dictionary<Guid, ChangeRow>(_changes);
            foreach (var (id, row) in rows) changes[id] = row;
            _changes = changes;
            Show();
            if (_changes.Count > settings.MostChanges && _foldWanted.CurrentCount == 0) _foldWanted.Release();
            return Delivery(refused);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<Result<IndicatorDelivery>> RollBack(CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        await _turn.WaitAsync(ct);
        try
        {
            if (!_shelf.CanRollBack) return IntelErrors.NothingBefore;
            // The rows first: should the power fail in between, the newer set stays and a person sees that the step is still to be done.
            var left = Version;
            await Save(new SetRow { Version = 0, WantsSetAfter = left, ReplacedAt = _state.ReplacedAt, ChangedAt = clock.GetUtcNow() }, long.MaxValue, [], ct);
            _shelf.RollBack();
            _changes = [];
            var (kinds, ends) = SetBuild.CountsOf(_shelf.Current!.Values.ReadAll(), clock.GetUtcNow());
            await Save(new SetRow { WantsSetAfter = left, ReplacedAt = clock.GetUtcNow(), ChangedAt = clock.GetUtcNow(), Kinds = kinds, Ends = ends }, long.MaxValue, [], ct);
            Show();
            LogRolledBack(log, left, Version);
            return Delivery(0);
        }
        catch (IndicatorFileException e)
        {
            return IntelErrors.Broken.With("reason", e.Reason);
        }
        finally
        {
            _turn.Release();
            _building.Release();
        }
    }

    /// <summary>Makes the changes part of the mapped set. Meanwhile further ones are taken; they stay above.</summary>
    public async Task Fold(CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        try
        {
            await _turn.WaitAsync(ct);
            var (changes, version, index) = (_changes, Version, _shelf.Current);
            _turn.Release();
            if (changes.Count == 0) return;
            using var build = new SetBuild(_shelf.Build(version), IndicatorView.Empty, 0, clock.GetUtcNow());
            await Task.Run(() =>
            {
                foreach (var kept in index?.Values.ReadAll() ?? [])
                    if (!changes.ContainsKey(kept.Id)) build.AddChecked(kept);
                foreach (var change in changes.Values.Where(c => !c.Withdrawn)) build.AddChecked(ChangeRows.Indexed(change));
                build.Finish();
            }, ct);
            await _turn.WaitAsync(ct);
            try
            {
                _shelf.Use(build.Set, instead: true);
                _changes = _changes.Where(c => c.Value.Version > version).ToDictionary();
                await Save(new SetRow { Version = _state.Version, ReplacedAt = _state.ReplacedAt, ChangedAt = _state.ChangedAt, Kinds = build.Kinds, Ends = build.Ends }, version, [], ct);
                Show();
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            _building.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _building.Dispose();
        _turn.Dispose();
        _foldWanted.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _foldWanted.WaitAsync(stoppingToken);
                try
                {
                    await Fold(stoppingToken);
                }
                catch (Exception e) when (e is IOException or DbUpdateException)
                {
                    // The changes stay above the set and are in force; the next one asks again.
                    LogNotFolded(log, e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private Error? Hindrance(long version)
    {
        if (_state.WantsSetAfter is { } after && version <= after) return IntelErrors.RolledBack.With("after", Text(after));
        return _shelf.Current is { } current && version < current.Version ? IntelErrors.Older.With("version", Text(version)).With("current", Text(current.Version)) : null;
    }

    private static string Text(long version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private IndicatorDelivery Delivery(long refused) => new(Version, (_shelf.Current?.Count ?? 0) + _changes.Values.LongCount(c => !c.Withdrawn), refused);

    private void Show() =>
        inForce.Use(_shelf.Current, new IndicatorLayer(_changes.Values.Where(c => !c.Withdrawn).Select(ChangeRows.Indexed), _changes.Values.Where(c => c.Withdrawn).Select(c => c.Id), isOwn: false));

    /// <summary>Writes where the set stands, with changes and with what stored events are to be searched for, in one transaction.</summary>
    private async Task Save(SetRow state, long dropUpTo, IReadOnlyList<HuntRow> hunts, CancellationToken ct, IReadOnlyList<ChangeRow>? changes = null)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IntelDb>();
        var orders = scope.ServiceProvider.GetRequiredService<HuntOrders>();
        orders.Put(hunts);
        await db.SaveWith(async s =>
        {
            await ChangeRows.Put(s, state);
            if (dropUpTo > 0) await ChangeRows.DropUpTo(s, dropUpTo);
            if (changes is not null) await ChangeRows.Put(s, changes);
        }, ct);
        _state = state;
        if (hunts.Count > 0) scope.ServiceProvider.GetRequiredService<HuntSignal>().Wake();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Indicators of version {Version} are in force: {Count}, {Refused} refused")]
    private static partial void LogReplaced(ILogger log, long version, long count, long refused);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The indicators went back from version {From} to {To}")]
    private static partial void LogRolledBack(ILogger log, long from, long to);

    [LoggerMessage(Level = LogLevel.Error, Message = "The set of indicators that should be in force is not: {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of indicators could not be folded into the set; they stay in force above it")]
    private static partial void LogNotFolded(ILogger log, Exception error);
}

/// <summary>Where the cloud's set stands.</summary>
/// <param name="Version">Everything up to it is in force; 0 while nothing was delivered.</param>
/// <param name="Kinds">Indicators of the whole set by kind, without those that have ended.</param>
/// <param name="Added">New and changed ones above it, without those that have ended.</param>
/// <param name="Withdrawn">Withdrawn ones above it.</param>
/// <param name="ReplacedAt">When the whole set came.</param>
/// <param name="ChangedAt">When anything came last.</param>
/// <param name="WantsSetAfter">After a roll-back: no changes before a whole set of a later version.</param>
/// <param name="CanRollBack">There is a set to go back to.</param>
/// <param name="Refused">Why the set that should be in force is not; null when it is.</param>
/// <param name="MappedBytes">Bytes that are mapped.</param>
internal sealed record SetStanding(
    long Version, IReadOnlyDictionary<IndicatorKind, long> Kinds, int Added, int Withdrawn, DateTimeOffset? ReplacedAt, DateTimeOffset? ChangedAt, long? WantsSetAfter, bool CanRollBack, string? Refused, long MappedBytes);
