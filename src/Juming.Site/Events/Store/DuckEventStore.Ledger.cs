using DuckDB.NET.Data;

namespace Juming.Site.Events.Store;

/// <summary>The ledger, read over all segments.</summary>
internal sealed partial class DuckEventStore
{
    private const int MostAttempts = 50;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerDelta>> Read(long fromMinute, long toMinute, int? sourceId, CancellationToken ct)
    {
        using var held = Hold();
        var sql = $"SELECT source, minute, reason, sum(count)::BIGINT, sum(bytes)::BIGINT FROM ({LedgerOf(held.All)}) WHERE minute >= $from AND minute < $to{(sourceId is null ? "" : " AND source = $source")} GROUP BY ALL ORDER BY minute, source, reason";
        return await Patiently(connection =>
        {
            using var command = Command(connection, sql, sourceId is { } source ? [("from", fromMinute), ("to", toMinute), ("source", source)] : [("from", fromMinute), ("to", toMinute)]);
            using var rows = command.ExecuteReader();
            var found = new List<LedgerDelta>();
            while (rows.Read()) found.Add(new LedgerDelta(rows.GetInt32(0), rows.GetInt64(1), rows.GetString(2), rows.GetInt64(3), rows.GetInt64(4)));
            return found;
        }, ct);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, long>> ReceivedBySource(CancellationToken ct)
    {
        using var held = Hold();
        var sql = $"SELECT source, sum(count)::BIGINT FROM ({LedgerOf(held.All)}) WHERE reason = 'received' GROUP BY source";
        return await Patiently(connection =>
        {
            using var command = Command(connection, sql);
            using var rows = command.ExecuteReader();
            var found = new Dictionary<int, long>();
            while (rows.Read()) found[rows.GetInt32(0)] = rows.GetInt64(1);
            return found;
        }, ct);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerDelta>> Open(CancellationToken ct)
    {
        using var held = Hold();
        var signed = $"SELECT source, minute, CASE reason WHEN 'received' THEN count ELSE -count END AS count FROM ({LedgerOf(held.All)})";
        // By day, because the minutes of a segment that made room are kept as days.
        var sql = $"SELECT source, max(minute) FILTER (WHERE count <> 0), sum(count)::BIGINT FROM (SELECT source, minute, sum(count) AS count FROM ({signed}) GROUP BY ALL) GROUP BY source, minute // 1440 HAVING sum(count) <> 0";
        return await Patiently(connection =>
        {
            using var command = Command(connection, sql);
            using var rows = command.ExecuteReader();
            var found = new List<LedgerDelta>();
            while (rows.Read()) found.Add(new LedgerDelta(rows.GetInt32(0), rows.GetInt64(1), "", rows.GetInt64(2), 0));
            return found;
        }, ct);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, long[]>> ReceivedBySteps(long fromMinute, long toMinute, int stepMinutes, CancellationToken ct)
    {
        using var held = Hold();
        var sql = $"SELECT source, (minute - $from) // $step, sum(count)::BIGINT FROM ({LedgerOf(held.All)}) WHERE reason = 'received' AND minute >= $from AND minute < $to GROUP BY ALL";
        return await Patiently(connection =>
        {
            using var command = Command(connection, sql, [("from", fromMinute), ("to", toMinute), ("step", (long)stepMinutes)]);
            using var rows = command.ExecuteReader();
            var found = new Dictionary<int, long[]>();
            while (rows.Read())
            {
                if (!found.TryGetValue(rows.GetInt32(0), out var steps)) found[rows.GetInt32(0)] = steps = new long[(toMinute - fromMinute + stepMinutes - 1) / stepMinutes];
                steps[rows.GetInt64(1)] += rows.GetInt64(2);
            }
            return found;
        }, ct);
    }

    /// <summary>
    /// The ledger rows of segments. One that is retired has its rows in the newest already, from the very commit that says so; the statement
    /// sees both or neither, whenever it runs.
    /// </summary>
    private static string LedgerOf(IReadOnlyList<Segment> segments)
    {
        var history = string.Join(" UNION ALL ", segments.Where(s => s.HasHistory).Select(s => $"SELECT number FROM {s.Alias}.history WHERE what = 'retired'"));
        var rows = string.Join(" UNION ALL ", segments.Select(s => FormattableString.Invariant($"SELECT {s.Number} AS number, source, minute, reason, count, bytes FROM {s.Alias}.ledger")));
        return $"SELECT source, minute, reason, count, bytes FROM ({rows}) WHERE number NOT IN (SELECT number FROM ({history}))";
    }

    /// <summary>Reads on a connection of its own, and again when an append needed what the reading held.</summary>
    private Task<T> Patiently<T>(Func<DuckDBConnection, T> read, CancellationToken ct) => Task.Run(async () =>
    {
        for (var attempt = 1; ; attempt++)
        {
            var isEvicted = false;
            try
            {
                using var reader = _duck.Reader();
                try
                {
                    return read(reader.Connection);
                }
                finally
                {
                    isEvicted = reader.Evicted;
                }
            }
            catch (Exception e) when (attempt < MostAttempts && (e is StoreEvictedException || (e is DuckDBException or OperationCanceledException && isEvicted)))
            {
                await Task.Delay(LongestPause, _clock, ct);
            }
        }
    }, ct);
}
