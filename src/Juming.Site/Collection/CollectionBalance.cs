using System.Globalization;
using Juming.Platform.Modules;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection;

/// <summary>Every line that a receiver took is stored, dropped with a reason, or in flight.</summary>
internal sealed class BalanceReadiness(LedgerBook ledger, SourceRegister sources) : IReadiness
{
    public string Name => "ledger";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var balances = ledger.Balances;
        var wrong = balances.Where(b => b.Value.Imbalance != 0).OrderByDescending(b => Math.Abs(b.Value.Imbalance)).ToList();
        if (wrong.Count == 0)
            return Task.FromResult(new ReadinessReport(ReadinessLevel.Good, string.Create(CultureInfo.InvariantCulture,
                $"{balances.Values.Sum(b => b.Received)} lines received since the start = {balances.Values.Sum(b => b.Stored)} stored + {balances.Values.Sum(b => b.Dropped)} dropped + {balances.Values.Sum(b => b.InFlight)} in flight.")));
        var names = string.Join(", ", wrong.Take(3).Select(b => string.Create(CultureInfo.InvariantCulture, $"{sources.NameOf(b.Key)} {b.Value.Imbalance}")));
        return Task.FromResult(new ReadinessReport(ReadinessLevel.Warning, string.Create(CultureInfo.InvariantCulture, $"The ledger does not balance for {wrong.Count} senders: {names} lines."), "This is a fault of the program: send the log and the ledger page to support."));
    }
}
