using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Juming.Benchmarks.Links;

/// <summary>What became of the records of one link, read out of the two databases themselves.</summary>
internal sealed record LinkOutcome(long Acknowledged, long Lost, long Duplicated, long Holes, long Corrupt, long Apart, IReadOnlyList<string> Complaints);

/// <summary>
/// Looks into the databases of the two ends of a link. What the upper end did with each record is noted by a trigger of the bench, in the transaction of the arrival itself: not by
/// the tables with which the product tells what it has had.
/// </summary>
internal static class LinksChaosLook
{
    private const int Reports = 2;
    private const int State = 1;

    /// <summary>Notes from now on each arrival that is committed.</summary>
    public static void Watch(string upper)
    {
        using var connection = Open(upper);
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE IF NOT EXISTS bench_arrivals (place INTEGER PRIMARY KEY, json TEXT NOT NULL);
            CREATE TRIGGER IF NOT EXISTS bench_arrived AFTER INSERT ON platform_outbox WHEN NEW.name = 'links.record-arrived' BEGIN INSERT INTO bench_arrivals (json) VALUES (NEW.json); END;
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>Records that wait at the lower end, or events that wait at either.</summary>
    public static long Waiting(string lower, string upper)
    {
        using var below = Open(lower);
        using var above = Open(upper);
        var last = Number(below, "SELECT coalesce(max(last), 0) FROM links_log_ends WHERE topic = 2");
        return last - Number(above, "SELECT coalesce(max(last), 0) FROM links_inboxes WHERE topic = 2") + last - Number(below, "SELECT coalesce(max(acked), 0) FROM links_log_ends WHERE topic = 2")
            + Number(below, "SELECT count(*) FROM platform_outbox WHERE next_at IS NOT NULL AND name LIKE 'incidents.%'") + Number(above, "SELECT count(*) FROM platform_outbox WHERE next_at IS NOT NULL AND name = 'links.record-arrived'")
            + (Values(below, "links_values") == Values(above, "links_arrived_values") ? 0 : 1);
    }

    /// <summary>Compares the two ends.</summary>
    public static LinkOutcome Compare(string name, string lower, string upper)
    {
        var complaints = new List<string>();
        using var below = Open(lower);
        using var above = Open(upper);
        foreach (var (connection, end) in new[] { (below, "lower"), (above, "upper") })
            if (Text(connection, "PRAGMA integrity_check") is not "ok" and var broken) complaints.Add($"{name}, {end} end: {broken}");
        var sent = Sent(below, complaints, name);
        var (times, holes, corrupt) = Arrived(above, sent);
        var lost = sent.Keys.LongCount(seq => !times.ContainsKey(seq));
        var duplicated = times.Values.Sum(t => t - 1L) + times.Keys.LongCount(seq => !sent.ContainsKey(seq));
        if (lost > 0) complaints.Add($"{name}: lost {string.Join(' ', sent.Keys.Where(s => !times.ContainsKey(s)).Take(50))}");
        if (duplicated > 0) complaints.Add($"{name}: more than once {string.Join(' ', times.Where(t => t.Value > 1 || !sent.ContainsKey(t.Key)).Select(t => t.Key).Take(50))}");
        var missing = Number(above, "SELECT coalesce(sum(last - first + 1), 0) FROM links_missing") + Number(below, "SELECT coalesce(sum(last - first + 1), 0) FROM links_missing");
        var ends = Text(below, "SELECT last || ' ' || hex(hash) FROM links_log_ends WHERE topic = 2");
        var inbox = Text(above, "SELECT last || ' ' || hex(hash) FROM links_inboxes WHERE topic = 2");
        var apart = 0L;
        if (ends != inbox) (apart, _) = (apart + 1, Complain($"the ends differ: {ends} below, {inbox} above"));
        var branches = Number(above, "SELECT count(*) FROM links_marks WHERE ended");
        if (branches > 0) (apart, _) = (apart + 1, Complain($"{branches} records were taken back as a branch though nobody put back a copy"));
        var ledger = Number(below, "SELECT count(*) FROM links_ledger WHERE type IN (2, 5) AND kind = 'Message'");
        if (ledger != sent.Count) (apart, _) = (apart + 1, Complain($"{ledger} entries of the ledger for {sent.Count} records"));
        return new LinkOutcome(sent.Count, lost, duplicated, holes + missing, corrupt, apart, complaints);

        int Complain(string text)
        {
            complaints.Add($"{name}: {text}");
            return 0;
        }
    }

    /// <summary>Incidents that the operator sees otherwise than the site told it last, and answered moves that were never told.</summary>
    public static (long Incidents, long Apart, long Untold, long ToldAgain) Incidents(string site, string upper, IReadOnlyDictionary<Guid, LinksChaosLoad.Moved> moves)
    {
        using var below = Open(site);
        using var above = Open(upper);
        var stages = Stages(below, "SELECT id, state FROM incidents_incidents").ToDictionary(r => r.Id, r => StageOf(r.Value));
        var seen = Stages(above, "SELECT id, stage FROM customers_incidents").ToDictionary(r => r.Id, r => int.Parse(r.Value, System.Globalization.CultureInfo.InvariantCulture));
        var told = Stages(below, "SELECT substr(key, 3), count(*) FROM links_log WHERE topic = 2 AND type = 2 GROUP BY key").ToDictionary(r => r.Id, r => long.Parse(r.Value, System.Globalization.CultureInfo.InvariantCulture));
        var apart = stages.LongCount(s => seen.GetValueOrDefault(s.Key) != s.Value) + moves.LongCount(m => stages.GetValueOrDefault(m.Key) != m.Value.Stage);
        // Each was told when it was opened too.
        var owed = moves.Sum(m => Math.Max(0, m.Value.Count + 1 - told.GetValueOrDefault(m.Key)));
        var again = moves.Sum(m => Math.Max(0, told.GetValueOrDefault(m.Key) - m.Value.Count - 1));
        return (stages.Count, apart, owed, again);
    }

    /// <summary>Highest number that the lower end has given out and that the upper end has acknowledged to it; what the upper end holds.</summary>
    public static (long Last, long Acked) Sender(string lower)
    {
        using var below = Open(lower);
        return (Number(below, "SELECT coalesce(max(last), 0) FROM links_log_ends WHERE topic = 2"), Number(below, "SELECT coalesce(max(acked), 0) FROM links_log_ends WHERE topic = 2"));
    }

    /// <summary>Highest number that the upper end holds.</summary>
    public static long Receiver(string upper)
    {
        using var above = Open(upper);
        return Number(above, "SELECT coalesce(max(last), 0) FROM links_inboxes WHERE topic = 2");
    }

    /// <summary>Versions of incidents by identity.</summary>
    public static Dictionary<Guid, long> Versions(string site)
    {
        using var below = Open(site);
        return Stages(below, "SELECT id, version FROM incidents_incidents").ToDictionary(r => r.Id, r => long.Parse(r.Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Dictionary<long, byte[]> Sent(SqliteConnection below, List<string> complaints, string name)
    {
        var sent = new Dictionary<long, byte[]>();
        using var command = below.CreateCommand();
        command.CommandText = "SELECT seq, payload FROM links_log WHERE topic = 2 ORDER BY seq";
        using var reader = command.ExecuteReader();
        while (reader.Read()) sent[reader.GetInt64(0)] = SHA256.HashData((byte[])reader.GetValue(1));
        var last = Number(below, "SELECT coalesce(max(last), 0) FROM links_log_ends WHERE topic = 2");
        if (sent.Count != last) complaints.Add($"{name}: {sent.Count} records are kept of {last} that were given a number");
        return sent;
    }

    private static (Dictionary<long, int> Times, long Holes, long Corrupt) Arrived(SqliteConnection above, Dictionary<long, byte[]> sent)
    {
        var times = new Dictionary<long, int>();
        var (before, holes, corrupt) = (0L, 0L, 0L);
        using var command = above.CreateCommand();
        command.CommandText = "SELECT json FROM bench_arrivals ORDER BY place";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            using var arrival = JsonDocument.Parse(reader.GetString(0));
            if (arrival.RootElement.GetProperty("topic").GetInt32() != Reports) continue;
            var seq = arrival.RootElement.GetProperty("seq").GetInt64();
            times[seq] = times.GetValueOrDefault(seq) + 1;
            if (seq > before + 1) holes += seq - before - 1;
            before = Math.Max(before, seq);
            if (sent.TryGetValue(seq, out var hash) && !SHA256.HashData(arrival.RootElement.GetProperty("payload").GetBytesFromBase64()).AsSpan().SequenceEqual(hash)) corrupt++;
        }
        return (times, holes, corrupt);
    }

    private static string Values(SqliteConnection connection, string table) =>
        Text(connection, $"SELECT group_concat(key || ' ' || version || ' ' || hex(payload), ';') FROM (SELECT key, version, payload FROM {table} WHERE topic = {State} ORDER BY key)") ?? "";

    private static IEnumerable<(Guid Id, string Value)> Stages(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (Guid.Parse(reader.GetString(0)), Convert.ToString(reader.GetValue(1), System.Globalization.CultureInfo.InvariantCulture)!);
    }

    // A stage is the state's place, from one on.
    private static int StageOf(string state) => 1 + Array.IndexOf(["New", "Acknowledged", "Judged", "Contained", "Resolved", "Closed", "Merged"], state);

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(Scalar(connection, sql), System.Globalization.CultureInfo.InvariantCulture);

    private static string? Text(SqliteConnection connection, string sql) => Scalar(connection, sql) is string text ? text : null;

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // All of it is written here.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }
}
