using Juming.Platform.Handlers;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection.Ledger;

/// <summary>Reads the conservation ledger between two instants; steps are minutes, or longer so that at most 500 come back.</summary>
internal sealed record ReadLedger(DateTimeOffset From, DateTimeOffset To, int? SourceId = null) : IQuery<LedgerView>, INeeds<CollectionRead>;

/// <summary>The ledger: sums, by sender, and over time. <c>Received = Stored + Dropped</c> for everything booked; what is in flight is not booked yet.</summary>
internal sealed record LedgerView(
    long Received, long Stored, IReadOnlyDictionary<string, long> Dropped, long InFlight, long Imbalance, IReadOnlyList<LedgerSourceView> Sources, IReadOnlyList<LedgerStep> Steps);

/// <summary>Sums of one sender.</summary>
internal sealed record LedgerSourceView(int SourceId, string Name, long Received, long Stored, IReadOnlyDictionary<string, long> Dropped);

/// <summary>Sums of one step of time.</summary>
internal sealed record LedgerStep(DateTimeOffset At, long Received, long Stored, long Dropped);

file sealed class Handler(ILedger ledger, LedgerBook book, SourceRegister sources) : IQueryHandler<ReadLedger, LedgerView>
{
    private const int MostSteps = 500;

    public async Task<Result<LedgerView>> Handle(ReadLedger request, CancellationToken cancellationToken)
    {
        if (request.To - request.From > TimeSpan.FromDays(31)) return CollectionErrors.SpanTooLong;
        var from = request.From.ToUnixTimeSeconds() / 60;
        var to = (request.To.ToUnixTimeSeconds() / 60) + 1;
        var rows = await ledger.Read(from, to, request.SourceId, cancellationToken);
        var step = Math.Max(1, (to - from + MostSteps - 1) / MostSteps);
        long received = Sum(rows, LedgerReasons.Received), stored = Sum(rows, LedgerReasons.Stored);
        var dropped = Dropped(rows);
        return new LedgerView(received, stored, dropped, book.InFlight, received - stored - dropped.Values.Sum(),
            [.. rows.GroupBy(r => r.SourceId).Select(g => new LedgerSourceView(g.Key, sources.NameOf(g.Key), Sum(g, LedgerReasons.Received), Sum(g, LedgerReasons.Stored), Dropped(g))).OrderByDescending(s => s.Received)],
            [.. rows.GroupBy(r => r.Minute / step * step).OrderBy(g => g.Key).Select(g => new LedgerStep(DateTimeOffset.FromUnixTimeSeconds(g.Key * 60), Sum(g, LedgerReasons.Received), Sum(g, LedgerReasons.Stored), Dropped(g).Values.Sum()))]);
    }

    private static long Sum(IEnumerable<LedgerDelta> rows, string reason) => rows.Where(r => r.Reason == reason).Sum(r => r.Count);

    private static Dictionary<string, long> Dropped(IEnumerable<LedgerDelta> rows) =>
        rows.Where(r => r.Reason is not (LedgerReasons.Received or LedgerReasons.Stored)).GroupBy(r => r.Reason).ToDictionary(g => g.Key, g => g.Sum(r => r.Count));
}
