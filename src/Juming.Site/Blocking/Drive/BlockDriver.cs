using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Blocking.Drive;

/// <summary>Brings the devices to what the block list wants: devices side by side, on each one order after the other, what is new before what is only looked at.</summary>
internal sealed partial class BlockDriver(IServiceScopeFactory scopes, BlockTurn turn, ProtectedBook book, BlockingSettings settings, TierContext context, TimeProvider clock, ILogger<BlockDriver> log) : BackgroundService
{
    private const int MostAtOnce = 200;

    private static readonly BlockState[] Driven = [BlockState.Wanted, BlockState.Applying, BlockState.Unknown, BlockState.Set, BlockState.Expired, BlockState.Verified, BlockState.Drifted];
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, Task> _busy = [];
    private DateTimeOffset _readAt;
    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (context.Offline) return;
        try
        {
            while (true)
            {
                await Turn(stoppingToken);
                await turn.Wait(TimeSpan.FromMilliseconds(settings.TickMilliseconds), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_busy.Values);
        }
    }

    private async Task Turn(CancellationToken ct)
    {
        try
        {
            if (clock.GetUtcNow() - _readAt >= ReadAgain)
            {
                await book.Reload(ct);
                _readAt = clock.GetUtcNow();
            }
            await Expire(ct);
            foreach (var (device, task) in _busy.ToList())
                if (task.IsCompleted) _busy.Remove(device);
            foreach (var device in await DueDevices(ct))
                if (_busy.Count < settings.Parallel && !_busy.ContainsKey(device)) _busy[device] = Task.Run(() => Drive(device, ct), CancellationToken.None);
            _away = false;
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            // Rows keep until the database is back.
            if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
        }
    }

    private async Task Expire(CancellationToken ct)
    {
        using var held = await turn.Enter(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
        var now = clock.GetUtcNow();
        var over = await db.Entries.Where(e => !e.Ended && e.Until <= now && e.LiftedAt == null && e.State != BlockState.Expired && e.State != BlockState.RemoveFailed).OrderBy(e => e.Until).Take(MostAtOnce).ToListAsync(ct);
        foreach (var entry in over)
        {
            var devices = await db.DevicesOf(entry.Id, ct);
            devices.ForEach(d => d.End(now));
            db.Settle(entry, devices, now);
        }
        if (over.Count > 0) await db.SaveChangesAsync(ct);
    }

    private async Task<List<Guid>> DueDevices(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
        return await Due(db, clock.GetUtcNow()).Select(d => d.DeviceId).Distinct().ToListAsync(ct);
    }

    /// <summary>Rows whose time has come; while automation is paused its own wishes wait.</summary>
    private static IQueryable<OnDeviceRow> Due(BlockingDb db, DateTimeOffset now) =>
        db.OnDevices.AsNoTracking().Where(d => Driven.Contains(d.State) && d.NextAt <= now
            && (d.State != BlockState.Wanted || !db.Brakes.Any(b => b.Paused) || db.Entries.Any(e => e.Id == d.EntryId && !e.Automatic)));

    /// <summary>Works on one device until nothing is due there.</summary>
    private async Task Drive(Guid device, CancellationToken ct)
    {
        try
        {
            var swept = false;
            while (!ct.IsCancellationRequested && await Next(device, ct) is { } entry)
            {
                await using var scope = scopes.CreateAsyncScope();
                if (!swept && await LooksDue(device, ct) >= DeviceSweep.Worthwhile)
                {
                    swept = true;
                    await scope.ServiceProvider.GetRequiredService<DeviceSweep>().Go(device, ct);
                    continue;
                }
                await scope.ServiceProvider.GetRequiredService<DeviceStep>().Go(entry, device, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            // The row says how far it was; the next turn goes on from there.
            LogAway(log, DatabaseErrors.Reason(e));
        }
        catch (Exception e)
        {
            // A job runner: whatever it is, the other devices go on.
            LogFailed(log, e, device);
        }
    }

    /// <summary>How many verified blocks of a device are due for a look, when nothing more urgent is.</summary>
    private async Task<int> LooksDue(Guid device, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
        var due = Due(db, clock.GetUtcNow()).Where(d => d.DeviceId == device);
        return await due.AnyAsync(d => d.State != BlockState.Verified && d.State != BlockState.Drifted, ct) ? 0 : await due.CountAsync(d => d.State == BlockState.Verified, ct);
    }

    private async Task<Guid?> Next(Guid device, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
        return await Due(db, clock.GetUtcNow()).Where(d => d.DeviceId == device)
            .OrderBy(d => d.State == BlockState.Verified || d.State == BlockState.Drifted).ThenBy(d => d.NextAt).ThenBy(d => d.EntryId).Select(d => (Guid?)d.EntryId).FirstOrDefaultAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database does not answer, blocks wait: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work on device {Device} failed; it goes on with the next turn")]
    private static partial void LogFailed(ILogger log, Exception e, Guid device);
}
