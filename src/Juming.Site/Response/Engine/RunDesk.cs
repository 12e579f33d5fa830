using System.Threading.Channels;
using Juming.Platform.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Response.Engine;

/// <summary>
/// Drives runs. Whatever is to be done is due in a row of the run, so that a start of the process, a time and an event are the same: what is due is
/// looked at. A run is in one hand at a time; a run that only waits is in none.
/// </summary>
internal sealed partial class RunDesk(IServiceScopeFactory scopes, ResponseSettings settings, TierContext tier, TimeProvider clock, ILogger<RunDesk> log) : BackgroundService
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Hand> _hands = [];
    private readonly Dictionary<Guid, (int Times, DateTimeOffset Until)> _resting = [];
    private readonly SemaphoreSlim _places = new(settings.RunsAtOnce);
    private CancellationToken _stopping;
    private bool _open, _away;

    /// <summary>Something happened that a run may wait for: all of its waiting steps are looked at.</summary>
    public void Wake(Guid run) => Post(run, new LookNow());

    /// <summary>Hands an order of a person to a run; answers why it is refused, or null when it is durable.</summary>
    public async Task<Error?> Give(Guid run, RunOrder order)
    {
        if (!Post(run, order)) return ResponseErrors.Stopping;
        return await order.Answer.Task;
    }

    /// <summary>Begins with a run that was just made, without waiting for the next look around.</summary>
    public void Begin(Guid run) => Post(run, new LookAtDue());

    /// <summary>A hand is empty: true when it is given up, false when something came meanwhile.</summary>
    public bool TryLeave(Hand hand)
    {
        lock (_gate)
        {
            if (hand.Mail.Reader.TryPeek(out _)) return false;
            hand.Mail.Writer.TryComplete();
            return _hands.Remove(hand.Run);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        lock (_gate) (_stopping, _open) = (stoppingToken, true);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.LookMilliseconds), clock);
        try
        {
            do
            {
                await LookAround(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] running;
        lock (_gate) (_open, running) = (false, [.. _hands.Values.Select(h => h.Work)]);
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LookAround(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ResponseDb>();
            var now = clock.GetUtcNow();
            var due = await db.Runs.AsNoTracking().Where(r => r.DueAt != null && r.DueAt <= now).OrderBy(r => r.DueAt).Take(settings.RunsAtOnce * 8).Select(r => r.Id).ToListAsync(ct);
            foreach (var run in due)
                if (!_resting.TryGetValue(run, out var rest) || rest.Until <= now) Post(run, new LookAtDue(), onlyWhenFree: true);
            _away = false;
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            // Runs keep until the database is back.
            if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
        }
    }

    private bool Post(Guid run, object message, bool onlyWhenFree = false)
    {
        lock (_gate)
        {
            if (!_open) return false;
            if (_hands.TryGetValue(run, out var hand)) return (onlyWhenFree && hand.Mail.Reader.Count > 0) || hand.Mail.Writer.TryWrite(message);
            hand = new Hand(run);
            hand.Mail.Writer.TryWrite(message);
            _hands[run] = hand;
            hand.Work = Task.Run(() => Drive(hand, _stopping), CancellationToken.None);
            return true;
        }
    }

    private async Task Drive(Hand hand, CancellationToken ct)
    {
        var placed = false;
        try
        {
            await _places.WaitAsync(ct);
            placed = true;
            await using var scope = scopes.CreateAsyncScope();
            await ActivatorUtilities.CreateInstance<RunSession>(scope.ServiceProvider, this, hand).Go(ct);
            lock (_gate) _resting.Remove(hand.Run);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Drop(hand, new OperationCanceledException("The host is stopping."));
        }
        catch (Exception e)
        {
            // Of whatever kind: one run's trouble must not end the others. Its rows tell where it stood, and it is taken up again from there.
            LogBroken(log, hand.Run, e);
            lock (_gate)
            {
                var times = _resting.GetValueOrDefault(hand.Run).Times + 1;
                var rest = TimeSpan.FromSeconds(Math.Min(LongestRest.TotalSeconds, Math.Pow(2, times)));
                _resting[hand.Run] = (times, clock.GetUtcNow() + rest);
            }
            Drop(hand, e);
        }
        finally
        {
            if (placed) _places.Release();
        }
    }

    private void Drop(Hand hand, Exception why)
    {
        lock (_gate)
        {
            _hands.Remove(hand.Run);
            hand.Mail.Writer.TryComplete();
        }
        while (hand.Mail.Reader.TryRead(out var message))
            if (message is RunOrder order) order.Answer.TrySetException(why);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Runs of playbooks wait: the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} broke off; it is taken up again where its rows stand")]
    private static partial void LogBroken(ILogger log, Guid run, Exception error);
}

/// <summary>The hand that a run is in.</summary>
internal sealed class Hand(Guid run)
{
    public Guid Run { get; } = run;

    public Channel<object> Mail { get; } = Channel.CreateUnbounded<object>();

    public Task Work { get; set; } = Task.CompletedTask;
}

/// <summary>Look at what is due.</summary>
internal sealed record LookAtDue;

/// <summary>Look at all that waits, whether due or not.</summary>
internal sealed record LookNow;

/// <summary>What a person wants of a run.</summary>
internal enum OrderKind
{
    Stop,
    Retry,
    RollBack,
    SettleAsDone,
    SettleAsNotDone,
}

/// <summary>An order to a run; answered when it is durable.</summary>
internal sealed record RunOrder(OrderKind Kind, string By, Guid? Step = null)
{
    public TaskCompletionSource<Error?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
