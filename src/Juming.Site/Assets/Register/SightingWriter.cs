using Juming.Site.Assets.Data;
using Juming.Site.Assets.Sightings;
using Juming.Site.Assets.Software;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Assets.Register;

/// <summary>Takes what the watcher has seen into the register, a few hundred sightings a transaction.</summary>
internal sealed partial class SightingWriter(
    AssetWatcher watcher, SoftwareWriter software, AssetIndex index, AssetTurn turn, AssetsSettings settings, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SightingWriter> log) : BackgroundService
{
    private const int MostAtOnce = 500;
    private const int MostClaims = 32;
    private const int MostNamesakes = 8;
    private const int MostClaimants = 4096;

    private readonly Dictionary<string, int> _claims = new(StringComparer.Ordinal);
    private DateTimeOffset _claimsSince;
    private long _turnedAway;

    /// <summary>Machines that found the register full since the start.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
            await foreach (var row in db.Assets.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken)) index.Put(row);
            await foreach (var row in db.Identities.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken)) index.Put(row);
        }
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Writes what is queued; answers how many sightings that were.</summary>
    public async Task<int> Flush(CancellationToken ct)
    {
        var batch = new List<Sighting>(MostAtOnce);
        var read = 0;
        for (; read < MostAtOnce && watcher.Queue.TryRead(out var sighting); read++)
        {
            // Many name a machine before the first of them is written.
            if (sighting is { Address: { } known, Host: null, Mac: null, User: null } && index.IsFresh(known, DateTimeOffset.UnixEpoch.AddTicks(sighting.At * 10))) watcher.Know(sighting);
            else batch.Add(sighting);
        }
        if (batch.Count == 0) return read;
        var now = clock.GetUtcNow();
        if (now - _claimsSince > TimeSpan.FromHours(1) || _claims.Count > MostClaimants)
        {
            _claims.Clear();
            _claimsSince = now;
        }
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var seen in batch)
        {
            if (seen.Address is { } address) values.Add(address);
            if (seen.Host is { } host)
            {
                values.Add(host);
                values.UnionWith(index.Namesakes(host).Take(MostNamesakes));
            }
            if (seen.Mac is { } mac) values.Add(mac);
        }
        using var held = await turn.Enter(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
        var resolver = new Resolver(db, Math.Max(0, settings.MostAssets - index.Count), MayClaim);
        await resolver.Load([.. values.Where(index.MayHold)], ct);
        var taken = batch.FindAll(seen => resolver.Take(seen, now));
        if (resolver.Reweighed.Count > 0) db.Publish(new AssetsReweighed([.. resolver.Reweighed.Distinct()]));
        await turn.Save(db, ct);
        foreach (var seen in taken) watcher.Know(seen);
        if (resolver.TurnedAway > 0 && Interlocked.Add(ref _turnedAway, resolver.TurnedAway) == resolver.TurnedAway) LogFull(log, settings.MostAssets);
        return read;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.FlushSeconds), clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await Flush(stoppingToken) == MostAtOnce) { }
                while (await software.Flush(stoppingToken)) { }
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A pipeline worker outlives a database that is away; the machines are seen again.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogFailed(log, error);
                await Task.Delay(TimeSpan.FromSeconds(settings.FlushSeconds), clock, CancellationToken.None);
            }
        }
    }

    private bool MayClaim(string from)
    {
        var claims = _claims.GetValueOrDefault(from);
        if (claims >= MostClaims) return false;
        _claims[from] = claims + 1;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The register holds {Most} assets; machines seen from now on are only counted. Raise Modules:Assets:MostAssets or narrow Modules:Assets:Networks")]
    private static partial void LogFull(ILogger log, int most);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sightings of assets could not be written; they are looked for again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
