using System.Globalization;
using Juming.Contracts.Indicators;
using Juming.Operator.Intelligence.Data;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Operator.Intelligence.Press;

/// <summary>How the operator's own indicators stand on their way to sites.</summary>
/// <param name="Count">How many were published.</param>
/// <param name="At">When the list was signed last; null while none was.</param>
/// <param name="Problem">Why what counts is not published; null when it is.</param>
public sealed record PressStanding(int Count, DateTimeOffset? At, Error? Problem);

/// <summary>Lets one at a time change indicators.</summary>
internal sealed class OwnTurn : Turn;

/// <summary>Wakes who publishes them.</summary>
internal sealed class PressSignal : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);

    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    public Task Wait(TimeSpan most, CancellationToken ct) => _wake.WaitAsync(most, ct);

    public void Dispose() => _wake.Dispose();
}

/// <summary>Publishes the operator's own indicators that count as one signed list, after each change, and looks now and then whether one has ended or the cloud has delegated meanwhile.</summary>
internal sealed partial class OwnPress(IServiceScopeFactory scopes, IContentPublisher publisher, PressSignal signal, TierContext tier, TimeProvider clock, ILogger<OwnPress> log) : BackgroundService
{
    private const int ParcelEntries = 5000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <summary>How they stand.</summary>
    public PressStanding Standing { get; private set; } = new(0, null, null);

    /// <summary>Publishes what counts, where it is not what is published.</summary>
    public async Task Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<OwnIntelDb>(), clock.GetUtcNow());
        var rows = await db.Indicators.AsNoTracking().Where(o => o.EndedAt == null && o.ValidUntil > now).OrderBy(o => o.Id).ToListAsync(ct);
        var path = await publisher.Prefix(ct) + ContentKinds.Intelligence + "/own";
        var published = (await publisher.Published(ContentKinds.Intelligence, ct)).FirstOrDefault(t => t.Path == path);
        // Who never entered any needs no delegation.
        if (rows.Count == 0 && published is null)
        {
            Standing = new(0, null, null);
            return;
        }
        try
        {
            var list = await publisher.Keep("own", ContentParts.Write(await Parts(rows, ct)), ct);
            if (published is null || !published.Sha256.AsSpan().SequenceEqual(list.Sha256))
            {
                var version = Math.Max((published?.Version ?? 0) + 1, now.ToUnixTimeMilliseconds());
                await publisher.Publish(ContentKinds.Intelligence, targets => targets[path] = new ContentTarget(path, list.Sha256, list.Length) { Parts = true, Version = version, PublishedAt = now }, ct);
                published = new ContentTarget(path, list.Sha256, list.Length) { PublishedAt = now };
                LogPublished(log, rows.Count);
            }
            Standing = new(rows.Count, published.PublishedAt, null);
        }
        catch (RefusalException e)
        {
            Standing = Standing with { Problem = e.Refusal };
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        var failed = false;
        try
        {
            while (true)
            {
                try
                {
                    await Look(stoppingToken);
                    failed = false;
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // What is published stands, and the next look sees the same.
                    if (!failed) LogFailed(log, e);
                    failed = true;
                }
                await signal.Wait(LookEvery, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<List<ContentPart>> Parts(List<OwnIndicatorRow> rows, CancellationToken ct)
    {
        var parts = new List<ContentPart>();
        foreach (var (number, some) in rows.Chunk(ParcelEntries).Index())
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            parts.Add(await publisher.Keep(name, IndicatorParcel.PackChanges([.. some.Select(r => new ParcelChange(EntryOf(r), default))], out var facts), ct));
            if (facts is not null) parts.Add(await publisher.Keep(name + ".facts", facts, ct));
        }
        return parts;
    }

    private static ParcelEntry EntryOf(OwnIndicatorRow row) => new(new(row.Kind, row.Value), row.Confidence, row.Severity, (int)row.Tlp, 0, 1) { Facts = ParcelFacts.Of(row.Family, row.Techniques, row.ValidUntil) };

    [LoggerMessage(Level = LogLevel.Information, Message = "The operator's own indicators were published: {Count}")]
    private static partial void LogPublished(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The operator's own indicators could not be published")]
    private static partial void LogFailed(ILogger log, Exception error);
}
