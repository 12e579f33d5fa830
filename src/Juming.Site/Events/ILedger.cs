namespace Juming.Site.Events;

/// <summary>Reads the conservation ledger.</summary>
public interface ILedger
{
    /// <summary>Rows by sender, minute and reason, within a span of receipt, oldest first.</summary>
    /// <param name="fromMinute">First minute since 1970 UTC.</param>
    /// <param name="toMinute">Minute after the last.</param>
    /// <param name="sourceId">One sender, or null for all.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<LedgerDelta>> Read(long fromMinute, long toMinute, int? sourceId, CancellationToken ct);

    /// <summary>Lines ever booked as received, by sender.</summary>
    Task<IReadOnlyDictionary<int, long>> ReceivedBySource(CancellationToken ct);
}
