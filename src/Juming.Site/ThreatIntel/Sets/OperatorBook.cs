using System.Globalization;
using System.Text;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Hunt;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.InForce;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>Keeps what operators give this site as rows, and brings it in force as a layer above the cloud's set.</summary>
internal sealed class OperatorBook(IndicatorsInForce inForce, IServiceScopeFactory scopes, IntelSettings settings, TimeProvider clock) : IOperatorIndicators, IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Dictionary<(string Operator, Guid Id), OperatorRow> _rows = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Operators => [.. _rows.Keys.Select(k => k.Operator).Distinct(StringComparer.Ordinal)];

    /// <summary>How many count now.</summary>
    public int Counting
    {
        get
        {
            var now = clock.GetUtcNow();
            return _rows.Values.Select(Indexed).Count(i => !(IndicatorFacts.Of(i).Until <= now));
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        _rows = await scope.ServiceProvider.GetRequiredService<IntelDb>().OperatorIndicators.AsNoTracking().ToDictionaryAsync(r => (r.Operator, r.Id), cancellationToken);
        Show();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<Result<IndicatorDelivery>> Replace(string operatorId, IReadOnlyList<IndicatorEntry> entries, CancellationToken ct)
    {
        if (entries.Count > IOperatorIndicators.Most) return IntelErrors.TooMany.With("most", IOperatorIndicators.Most.ToString(CultureInfo.InvariantCulture));
        await _turn.WaitAsync(ct);
        try
        {
            var (room, next, fresh, refused, view) = (new List<IndicatorValue>(), new Dictionary<Guid, OperatorRow>(), new List<IndicatorEntry>(), 0, inForce.Now.View);
            foreach (var entry in entries)
            {
                if (IndicatorCheck.Of(entry.Value, room) != IndicatorProblem.None)
                {
                    refused++;
                    continue;
                }
                var sane = SetBuild.Sane(entry with { FromOperator = true });
                next[entry.Id] = RowOf(operatorId, sane);
                if (!view.Holds(entry.Value)) fresh.Add(sane);
            }
            await Save(operatorId, next, fresh, ct);
            return new IndicatorDelivery(0, _rows.Count, refused);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task Save(string operatorId, Dictionary<Guid, OperatorRow> next, List<IndicatorEntry> fresh, CancellationToken ct)
    {
        var gone = _rows.Values.Where(r => r.Operator == operatorId && !next.ContainsKey(r.Id)).ToList();
        var changed = next.Values.Where(r => !_rows.TryGetValue((operatorId, r.Id), out var before) || (before.Confidence, before.Severity, before.Facts) != (r.Confidence, r.Severity, r.Facts)).ToList();
        if (gone.Count + changed.Count == 0) return;
        await using var scope = scopes.CreateAsyncScope();
        var (db, orders) = (scope.ServiceProvider.GetRequiredService<IntelDb>(), scope.ServiceProvider.GetRequiredService<HuntOrders>());
        db.RemoveRange(gone);
        foreach (var row in changed) db.Entry(row).State = _rows.ContainsKey((operatorId, row.Id)) ? EntityState.Modified : EntityState.Added;
        var hunted = fresh.OrderByDescending(f => (f.Severity, f.Confidence)).Take(settings.MostHunted).ToList();
        orders.Put(HuntOrders.Of(hunted, fresh.Count - hunted.Count, isOwn: false));
        await db.SaveChangesAsync(ct);
        var rows = new Dictionary<(string, Guid), OperatorRow>(_rows);
        foreach (var row in gone) rows.Remove((operatorId, row.Id));
        foreach (var row in changed) rows[(operatorId, row.Id)] = row;
        _rows = rows;
        Show();
        if (hunted.Count > 0) scope.ServiceProvider.GetRequiredService<HuntSignal>().Wake();
    }

    private void Show() => inForce.UseOperators(new IndicatorLayer(_rows.Values.Select(Indexed), [], isOwn: false) { AddsOnly = true });

    private static OperatorRow RowOf(string operatorId, IndicatorEntry entry) => new()
    {
        Operator = operatorId,
        Id = entry.Id,
        Kind = entry.Value.Kind,
        Value = entry.Value.Value,
        Confidence = entry.Confidence,
        Severity = entry.Severity,
        Facts = Encoding.UTF8.GetString(IndicatorFacts.Indexed(entry).Facts.Span),
    };

    private static IndexedIndicator Indexed(OperatorRow row)
    {
        var indicator = new IndexedIndicator(row.Id, new IndicatorValue(row.Kind, row.Value), row.Severity, row.Confidence, Facts: Encoding.UTF8.GetBytes(row.Facts));
        return IndicatorFacts.Of(indicator).Until is { } until ? indicator with { LastDay = DateOnly.FromDateTime(until.UtcDateTime) } : indicator;
    }
}
