using Juming.Platform.Handlers;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection.Ledger;

/// <summary>Reads the conservation ledger between two instants; steps are minutes, or longer so that at most 500 come back.</summary>
internal sealed record ReadLedger(DateTimeOffset From, DateTimeOffset To, int? SourceId = null) : IQuery<LedgerView>, INeeds<CollectionRead>;

/// <summary>
/// The ledger: sums, by sender, and over time. <c>Received = Stored + Dropped + InFlight</c>; the receivers count the left side, the pipeline the right.
/// The imbalance is of minutes that are over, without signs: a surplus of one sender does not hide the lack of another.
/// </summary>
internal sealed record LedgerView(
    long Received, long Stored, IReadOnlyDictionary<string, long> Dropped, long InFlight, long Imbalance, IReadOnlyList<LedgerSourceView> Sources, IReadOnlyList<LedgerStep> Steps);

/// <summary>Sums of one sender.</summary>
internal sealed record LedgerSourceView(int SourceId, string Name, long Received, long Stored, IReadOnlyDictionary<string, long> Dropped, long InFlight, long Imbalance);

/// <summary>Sums of one step of time.</summary>
internal sealed record LedgerStep(DateTimeOffset At, long Received, long Stored, long Dropped);

file sealed class Handler(ILedger ledger, LedgerBook book, SourceRegister sources, TimeProvider clock) : IQueryHandler<ReadLedger, LedgerView>
{
    private const int MostSteps = 500;

    // Both sides of a line are durable well before.
    private const int MinutesToSettle = 2;

    public async Task<Result<LedgerView>> Handle(ReadLedger request, CancellationToken cancellationToken)
    {
        if (request.To - request.From > TimeSpan.FromDays(31)) return CollectionErrors.SpanTooLong;
        var from = request.From.ToUnixTimeSeconds() / 60;
        var to = (request.To.ToUnixTimeSeconds() / 60) + 1;
        var rows = await ledger.Read(from, to, request.SourceId, cancellationToken);
        IReadOnlyList<LedgerDelta> booked = [.. rows, .. book.Waiting.Where(w => w.Minute >= from && w.Minute < to && (request.SourceId is null || w.SourceId == request.SourceId))];
        var step = Math.Max(1, (to - from + MostSteps - 1) / MostSteps);
        var balances = book.Balances;
        var over = (clock.GetUtcNow().ToUnixTimeSeconds() / 60) - MinutesToSettle;
        var bySource = booked.GroupBy(r => r.SourceId).Select(g => View(g.Key, [.. g], balances.GetValueOrDefault(g.Key), over)).OrderByDescending(s => s.Received).ToList();
        return new LedgerView(Sum(booked, LedgerReasons.Received), Sum(booked, LedgerReasons.Stored), Dropped(booked), balances.Values.Sum(b => b.InFlight), bySource.Sum(s => Math.Abs(s.Imbalance)), bySource,
            [.. booked.GroupBy(r => r.Minute / step * step).OrderBy(g => g.Key).Select(g => new LedgerStep(DateTimeOffset.FromUnixTimeSeconds(g.Key * 60), Sum(g, LedgerReasons.Received), Sum(g, LedgerReasons.Stored), Dropped(g).Values.Sum()))]);
    }

    private LedgerSourceView View(int id, IReadOnlyList<LedgerDelta> rows, SourceBalance balance, long over)
    {
        var settled = rows.Where(r => r.Minute < over).ToList();
        var open = Sum(settled, LedgerReasons.Received) - Sum(settled, LedgerReasons.Stored) - Dropped(settled).Values.Sum();
        // A store that is stuck holds lines of minutes that are over.
        if (open > 0) open = Math.Max(0, open - Math.Max(0, balance.InFlight));
        if (open == 0) open = balance.Imbalance;
        return new LedgerSourceView(id, sources.NameOf(id), Sum(rows, LedgerReasons.Received), Sum(rows, LedgerReasons.Stored), Dropped(rows), balance.InFlight, open);
    }

    private static long Sum(IEnumerable<LedgerDelta> rows, string reason) => rows.Where(r => r.Reason == reason).Sum(r => r.Count);

    private static Dictionary<string, long> Dropped(IEnumerable<LedgerDelta> rows) =>
        rows.Where(r => r.Reason is not (LedgerReasons.Received or LedgerReasons.Stored)).GroupBy(r => r.Reason).ToDictionary(g => g.Key, g => g.Sum(r => r.Count));
}
