using System.Collections.Concurrent;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>Reads sources when they are due, some at the same time and each once at a time.</summary>
internal sealed partial class SourceClock(IServiceScopeFactory scopes, TierContext tier, TimeProvider clock, ILogger<SourceClock> log) : BackgroundService
{
    private const int MostAtOnce = 4;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, Task> _running = new();
    private readonly ConcurrentDictionary<Guid, bool> _wanted = new();
    private readonly SemaphoreSlim _wake = new(0);

    /// <summary>The source is being read.</summary>
    public bool IsRunning(Guid source) => _running.ContainsKey(source) || _wanted.ContainsKey(source);

    /// <summary>Has a source read at once, or as soon as its present reading has ended.</summary>
    /// <param name="source">Which.</param>
    /// <param name="acceptShorter">A much shorter list is wanted.</param>
    public void Want(Guid source, bool acceptShorter)
    {
        _wanted[source] = acceptShorter;
        _wake.Release();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        try
        {
            while (true)
            {
                await Start(stoppingToken);
                await _wake.WaitAsync(Tick, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values);
        }
    }

    private async Task Start(CancellationToken ct)
    {
        foreach (var id in await Due(ct))
        {
            if (_running.Count >= MostAtOnce) return;
            if (_running.ContainsKey(id)) continue;
            _wanted.TryRemove(id, out var acceptShorter);
            // Held before it can end, so that what removes it finds it.
            var begun = new TaskCompletionSource();
            _running[id] = Read(id, acceptShorter, begun.Task, ct);
            begun.SetResult();
        }
    }

    private async Task<IReadOnlyList<Guid>> Due(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var now = clock.GetUtcNow();
            var due = await scope.ServiceProvider.GetRequiredService<ThreatIntelDb>().Sources.Where(s => s.Enabled && s.Kind != SourceKind.Manual && (s.NextRunAt == null || s.NextRunAt <= now)).OrderBy(s => s.NextRunAt).Select(s => s.Id).ToListAsync(ct);
            return [.. _wanted.Keys.Union(due)];
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            LogNoDatabase(log, DatabaseErrors.Reason(e));
            return [];
        }
    }

    private async Task Read(Guid id, bool acceptShorter, Task begun, CancellationToken ct)
    {
        await begun;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
            await scope.ServiceProvider.GetRequiredService<SourceRun>().Run(id, acceptShorter, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // This loop outlives whatever one source brings; without a record of the run it is due again at once, so it waits.
            LogBroken(log, id, e);
            await Task.WhenAny(Task.Delay(TimeSpan.FromMinutes(5), clock, ct));
        }
        finally
        {
            _running.TryRemove(id, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sources are not read while the database is away: {Reason}")]
    private static partial void LogNoDatabase(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The reading of source {Source} broke off")]
    private static partial void LogBroken(ILogger log, Guid source, Exception e);
}
