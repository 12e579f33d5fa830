using Juming.Platform.Access;
using Juming.Platform.Content.Keep;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Content.Sync;

/// <summary>Asks the host above: when it tells that there is something newer, and now and then by itself. What it does not get, it asks for again later.</summary>
internal sealed partial class ContentLoop(ContentDesk desk, ContentUpdate update, TrustBook book, ContentStatus status, ContentWatch watch, TierContext tier, TimeProvider clock, ILogger<ContentLoop> log) : BackgroundService
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private TimeSpan _pause = FirstPause;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline || desk.Above is not { } above) return;
        try
        {
            while (true)
            {
                var good = await above.Upper(stoppingToken) is null || await Ask(stoppingToken);
                _pause = good ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
                await Wait(above, good ? Rest * (0.8 + (0.4 * Random.Shared.NextDouble())) : _pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Waits for news from above or for somebody here who wants to know.</summary>
    private async Task Wait(Links.IUpperBulk above, TimeSpan atMost, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var told = above.Told(atMost, ending.Token);
        var rung = desk.AskBell.Next(atMost, ending.Token);
        await Task.WhenAny(told, rung);
        await ending.CancelAsync();
        await Task.WhenAll(told, rung).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Asks once.</summary>
    /// <returns>False when it did not go well.</returns>
    private async Task<bool> Ask(CancellationToken ct)
    {
        try
        {
            if (await update.Run(new LinkOrigin(desk.Above!, desk.Shelf), whole: false, ct)) desk.Changed();
            status.Asked(clock.GetUtcNow(), null);
            if (book.Last is { } view) await watch.Look(view.Trusted, ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it was, what is in force stays, and the next look may go well.
            var refusal = (e as RefusalException)?.Refusal;
            if (refusal is null) LogFailed(log, e);
            status.Asked(clock.GetUtcNow(), refusal ?? ContentErrors.Away.With("reason", e.GetType().Name));
            if (refusal is not null) await watch.Refused(refusal, "link", ct);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Content could not be asked for")]
    private static partial void LogFailed(ILogger log, Exception error);
}

/// <summary>Hands content to the modules that use it.</summary>
internal sealed partial class ContentUse(ContentDesk desk, TrustBook book, BlobShelf shelf, ContentReach reach, ContentStatus status, IServiceScopeFactory scopes, TierContext tier, TimeProvider clock, ILogger<ContentUse> log) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepEach = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        var sweptAt = DateTimeOffset.MinValue;
        try
        {
            while (true)
            {
                var good = await Use(stoppingToken);
                if (clock.GetUtcNow() - sweptAt > SweepEach && await Sweep(stoppingToken)) sweptAt = clock.GetUtcNow();
                await desk.UseBell.Next(good ? SweepEach : Retry, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<bool> Use(CancellationToken ct)
    {
        Error? problem = null;
        try
        {
            if (await book.Now(ct) is null) return true;
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
            foreach (var taker in scope.ServiceProvider.GetServices<IContentTaker>()) problem = await Take(taker, ct) ?? problem;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(log, nameof(TrustBook), e);
            problem = ContentErrors.Away.With("reason", e.GetType().Name);
        }
        status.Taken(problem);
        return problem is null;
    }

    /// <summary>One that fails holds up no other.</summary>
    private async Task<Error?> Take(IContentTaker taker, CancellationToken ct)
    {
        try
        {
            await taker.Take(desk, ct);
            return null;
        }
        catch (RefusalException e)
        {
            LogRefused(log, taker.GetType().Name, e.Message);
            return e.Refusal;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(log, taker.GetType().Name, e);
            return ContentErrors.Away.With("reason", e.GetType().Name);
        }
    }

    private async Task<bool> Sweep(CancellationToken ct)
    {
        if (book.Last is not { Head: not null } view) return false;
        try
        {
            shelf.Sweep(await reach.Named(view.Trusted, ct), clock.GetUtcNow());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RefusalException)
        {
            LogFailed(log, nameof(BlobShelf), e);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Taker} does not take content: {Reason}")]
    private static partial void LogRefused(ILogger log, string taker, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Taker} failed with content")]
    private static partial void LogFailed(ILogger log, string taker, Exception error);
}
