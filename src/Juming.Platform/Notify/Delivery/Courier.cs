using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Notify.Delivery;

/// <summary>Plans new notices and runs the channels: each by itself, so that a slow one holds up nobody else.</summary>
internal sealed partial class Courier(IServiceScopeFactory scopes, Wake wake, TierContext tier, TimeProvider clock, ILogger<Courier> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, Task> _running = [];
    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        try
        {
            var isFirst = true;
            while (!stoppingToken.IsCancellationRequested)
            {
                isFirst = isFirst && !await Try(ct => InScope<object?>((services, _) => TakeBack(services, ct), ct), stoppingToken);
                if (!isFirst) await Try(Pass, stoppingToken);
                await wake.Wait(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            await Task.WhenAll(_running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What was on its way when the process ended may have arrived or not: it is sent again under the same name.</summary>
    private static async Task<object?> TakeBack(IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<NotifyDb>();
        foreach (var row in await db.Deliveries.Where(d => d.State == DeliveryState.Sending).ToListAsync(ct)) row.State = DeliveryState.Waiting;
        await db.SaveChangesAsync(ct);
        return null;
    }

    private async Task Pass(CancellationToken ct)
    {
        while (await InScope((services, _) => services.GetRequiredService<Router>().RouteSome(ct), ct) > 0) { }
        foreach (var done in _running.Where(r => r.Value.IsCompleted).Select(r => r.Key).ToList()) _running.Remove(done);
        var now = clock.GetUtcNow();
        var due = await InScope((services, _) => services.GetRequiredService<NotifyDb>().Deliveries.Where(d => d.State == DeliveryState.Waiting && d.DueAt <= now).Select(d => d.ChannelId).Distinct().ToListAsync(ct), ct);
        due.AddRange(await InScope((services, _) => CardRun.Due(services.GetRequiredService<NotifyDb>(), now).Select(c => c.ChannelId).Distinct().ToListAsync(ct), ct));
        foreach (var channel in due.Distinct().Where(c => !_running.ContainsKey(c)))
            _running[channel] = Task.Run(() => Try(token => InScope((services, _) => services.GetRequiredService<ChannelRun>().Run(channel, token), token), ct), CancellationToken.None);
    }

    private async Task<bool> Try(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
            _away = false;
            return true;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            // As in a job: what broke one pass must not end all notices, and rows keep until the next.
            if (!DatabaseErrors.IsOutage(e)) LogBroke(log, e);
            else if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
            return false;
        }
    }

    private async Task<T> InScope<T>(Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        return await work(scope.ServiceProvider, ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Notices wait: the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A pass of notices broke off; it is tried again")]
    private static partial void LogBroke(ILogger log, Exception error);
}
