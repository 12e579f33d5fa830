using System.Collections.Frozen;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Sets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Site.ThreatIntel.Own;

/// <summary>Brings what people of this site entered and muted into force; anew after every change.</summary>
internal sealed class OwnBook(IndicatorsInForce inForce, IServiceScopeFactory scopes, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public Task StartAsync(CancellationToken cancellationToken) => Reload(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets one at a time change what is entered and muted; dispose the answer to give the turn back.</summary>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Held(_turn);
    }

    /// <summary>Reads what counts.</summary>
    public async Task Reload(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IntelDb>();
        var now = clock.GetUtcNow();
        var own = await db.Own.AsNoTracking().Where(o => o.EndedAt == null && o.ValidUntil > now).ToListAsync(ct);
        inForce.UseOwn(new IndicatorLayer(own.Select(o => IndicatorFacts.Indexed(OwnRows.Entry(o))), [], isOwn: true));
        var mutes = await db.Mutes.AsNoTracking().Where(m => m.Until == null || m.Until > now).ToListAsync(ct);
        inForce.UseMutes(mutes.ToFrozenDictionary(m => new IndicatorValue(m.Kind, m.Value), m => m.Until ?? DateTimeOffset.MaxValue));
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}

/// <summary>The site's own indicators as rows and as entries.</summary>
internal static class OwnRows
{
    public static IndicatorEntry Entry(OwnRow row) => new(row.Id, new IndicatorValue(row.Kind, row.Value), row.Confidence, row.Severity)
    {
        ValidUntil = row.ValidUntil,
        Tlp = row.Tlp,
        Threat = row.Threat,
        Labels = Apart(row.Labels),
        Techniques = Apart(row.Techniques),
    };

    public static string[] Apart(string joined) => joined.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
