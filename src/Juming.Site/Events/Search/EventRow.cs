using System.Data.Common;
using System.Globalization;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>Reads a stored row as an event.</summary>
internal static class EventRow
{
    private const int First = 7;

    /// <summary>Columns of the statement, in the order that <see cref="Read"/> takes them.</summary>
    public static readonly string Selected = "id, epoch_us(time) AS t, epoch_us(received), source, flags, raw, more, " + string.Join(", ", Columns.All.Select(c => $"\"{c.Name}\""));

    /// <summary>The event of a row.</summary>
    public static EventView Read(DbDataReader row)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < Columns.All.Count; i++)
            if (!row.IsDBNull(First + i)) fields[Columns.All[i].Field] = Columns.All[i].Kind == ColumnKind.Long ? row.GetInt64(First + i).ToString(CultureInfo.InvariantCulture) : row.GetString(First + i);
        var several = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (!row.IsDBNull(6)) AddMore(fields, several, row.GetString(6));
        return new EventView { Id = row.GetGuid(0), Time = Instants.Of(row.GetInt64(1)), Received = Instants.Of(row.GetInt64(2)), SourceId = row.GetInt32(3), Flags = (EventFlags)row.GetInt32(4), Raw = row.GetString(5), Fields = fields, Several = several.ToDictionary(s => s.Key, s => (IReadOnlyList<string>)s.Value) };
    }

    private static void AddMore(SortedDictionary<string, string> fields, Dictionary<string, List<string>> several, string more)
    {
        foreach (var entry in more.Split((char)EventAppender.Separator, StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) continue;
            var (name, value) = (entry[..at], entry[(at + 1)..]);
            if (fields.TryAdd(name, value)) continue;
            if (!several.TryGetValue(name, out var values)) several[name] = values = [fields[name]];
            values.Add(value);
            fields[name] += "\n" + value;
        }
    }
}

/// <summary>Instants as the store keeps them: microseconds since 1970 UTC.</summary>
internal static class Instants
{
    public static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset Of(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}

/// <summary>The event after which the next page begins; with no id, the whole instant is done.</summary>
internal readonly record struct Cursor(long Time, Guid Id)
{
    public static Cursor? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var at = text.IndexOf('_', StringComparison.Ordinal);
        if (at > 0 && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var time) && Guid.TryParseExact(text.AsSpan(at + 1), "N", out var id)) return new Cursor(time, id);
        throw new SearchQueryException("query.cursor", "The cursor is not one that a search gave out; start again without it.", 0, 0);
    }

    public override string ToString() => Time.ToString(CultureInfo.InvariantCulture) + "_" + Id.ToString("N");
}
