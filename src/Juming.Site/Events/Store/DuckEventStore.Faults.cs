using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Juming.Platform.Modules;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Events.Store;

/// <summary>Broken files, and mending after a failed write.</summary>
internal sealed partial class DuckEventStore
{
    // What DuckDB says of a file that no second attempt will read. Anything else (a lock, memory, a full disk) passes.
    private static readonly string[] BrokenSigns = ["not a valid DuckDB database file", "Corrupt", "does not match stored checksum", "Could not read enough bytes"];

    private readonly List<string> _setAside = [];

    /// <summary>Files that could not be read and were set aside, at this start or an earlier one, and still lie there.</summary>
    public IReadOnlyList<string> SetAside => _setAside;

    private static bool IsBroken(Exception e) => e is BrokenSegmentException or DuckDBException { ErrorType: DuckDBErrorType.Serialization } || BrokenSigns.Any(s => e.Message.Contains(s, StringComparison.Ordinal));

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0];

    private void SetFileAside(Segment segment, Exception error)
    {
        LogSetAside(_log, segment.Path, FirstLine(error));
        var aside = segment.Path + ".broken-" + _clock.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        File.Move(segment.Path, aside);
        if (File.Exists(segment.Path + ".wal")) File.Move(segment.Path + ".wal", aside + ".wal");
    }

    private void BookSetAside(Segment hot, Segment segment, string reason)
    {
        // How much it held is known from the segment that followed it.
        var known = string.Join(" UNION ALL ", _segments.Where(s => s.HasHistory).Select(s => $"SELECT * FROM {s.Alias}.history"));
        using (var command = Command(_duck.Writer, $"SELECT rows, min_received, max_received FROM ({known}) WHERE number = $number AND what = 'closed'", ("number", segment.Number)))
        using (var rows = command.ExecuteReader())
            if (rows.Read() && rows.GetInt64(0) > 0) segment.Cover(rows.GetInt64(0), 0, 0, rows.GetInt64(1), rows.GetInt64(2));
        _duck.Execute($"INSERT INTO {hot.Alias}.history VALUES {HistoryRow(segment, "set-aside", reason)}");
        Tell("set-aside", segment, reason);
    }

    /// <summary>
    /// Mends what can be mended after a failed write. Searches share the memory of the store, and an append goes first; a file whose checkpoint
    /// failed, for want of disk most often, must be attached anew; after a fatal fault the whole instance must be begun anew.
    /// </summary>
    private async Task Mend(Exception error)
    {
        if (error.Message.Contains("Out of Memory", StringComparison.OrdinalIgnoreCase)) await _duck.SendReadersAway(_clock);
        if (!_duck.Works() && !await _duck.BeginAnew(_clock)) throw new IOException("The event store's readers did not let go; it is opened anew later.");
        foreach (var segment in _segments.Where(s => !_duck.Works(s.Alias)))
        {
            await _duck.SendReadersAway(_clock);
            _duck.Detach(segment.Alias);
            Attach(segment);
            LogMended(_log, segment.Path);
        }
    }

    private sealed class BrokenSegmentException(string message) : Exception(message);

    [LoggerMessage(Level = LogLevel.Error, Message = "Segment {File} is broken and set aside: {Reason}")]
    private static partial void LogSetAside(ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "After a failed write {What} was opened anew")]
    private static partial void LogMended(ILogger log, string what);
}

/// <summary>The event store can't be opened at this moment, or by this release; nothing was changed.</summary>
internal sealed class EventStoreBlockedException(string message, Exception? cause = null) : HostBlockedException(message, cause);
