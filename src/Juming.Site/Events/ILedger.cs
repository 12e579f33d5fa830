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

    /// <summary>Lines received less those stored and dropped, by sender and day, where that is not 0; told at the day's last minute that has such lines.</summary>
    /// <returns>Deltas with an empty reason; negative counts where the ledger lacks the receipt.</returns>
    Task<IReadOnlyList<LedgerDelta>> Open(CancellationToken ct);

    /// <summary>Lines received by sender and step, within a span of receipt.</summary>
    /// <param name="fromMinute">First minute since 1970 UTC.</param>
    /// <param name="toMinute">Minute after the last.</param>
    /// <param name="stepMinutes">Length of a step.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>By sender, the lines of each step from the first on.</returns>
    Task<IReadOnlyDictionary<int, long[]>> ReceivedBySteps(long fromMinute, long toMinute, int stepMinutes, CancellationToken ct);
}
