using Juming.Site.Assets.Data;
using Juming.Site.Assets.Impact;
using Juming.Site.Assets.Register;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Assets.Software;

/// <summary>Takes what logs say of software into the tables, once the machine that they say it of stands in the register.</summary>
internal sealed partial class SoftwareWriter(SoftwareLook look, AssetIndex index, SoftwareTurn turn, ImpactSignal signal, AssetsSettings settings, IServiceScopeFactory scopes, ILogger<SoftwareWriter> log)
{
    private const int MostAtOnce = 500;
    private long _turnedAway;

    /// <summary>Statements that found no room since the start.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>Writes what waits.</summary>
    /// <returns>True when more may wait.</returns>
    public async Task<bool> Flush(CancellationToken ct)
    {
        var facts = new List<(SoftwareSighting Sighting, Guid Asset, SoftwareFact Fact)>();
        var read = 0;
        for (; read < MostAtOnce && look.Queue.TryRead(out var sighting); read++)
            if (index.Find(sighting.Machine) is { } asset && SoftwareName.Read(sighting.Vendor, sighting.Product, sighting.Version, null) is { Succeeded: true } name)
                facts.Add((sighting, asset.Id, new SoftwareFact(name.Value, SoftwareSource.Log, sighting.Place, sighting.Place is "process" or "package", sighting.Gone, DateTimeOffset.UnixEpoch.AddTicks(sighting.At * 10))));
        if (facts.Count == 0) return read == MostAtOnce;
        using var held = await turn.Enter(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
        var resolver = new SoftwareResolver(db, settings.MostSoftware);
        await resolver.Load([.. facts.Select(f => f.Asset).Distinct()], [.. facts.Select(f => f.Fact.Name.Key)], ct);
        var changed = false;
        foreach (var (_, asset, fact) in facts) changed |= resolver.Take(asset, fact, "") is FactFate.Added or FactFate.Changed;
        await db.SaveChangesAsync(ct);
        foreach (var (sighting, _, _) in facts) look.Know(sighting);
        if (changed) signal.Ring();
        if (resolver.TurnedAway > 0 && Interlocked.Add(ref _turnedAway, resolver.TurnedAway) == resolver.TurnedAway) LogFull(log, settings.MostSoftware);
        return read == MostAtOnce;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no room for more statements about software: {Most} for the site, or a thousand for one asset. Raise Modules:Assets:MostSoftware")]
    private static partial void LogFull(ILogger log, int most);
}
