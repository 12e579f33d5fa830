using System.Globalization;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>
/// The blocks of a segment, and in which of them a query can find something. Rows without a block always count as such.
/// </summary>
internal sealed class Candidates
{
    private const int RangesPerPart = 64;
    private const int RangesPerBracket = 8;

    private readonly Segment _segment;
    private readonly List<Block> _blocks = [];
    private long _end;

    public Candidates(Segment segment) => _segment = segment;

    /// <summary>Statement that reads the blocks for <see cref="Add"/>; null when there is nothing to read.</summary>
    public static string? Statement(Segment segment, QuerySql sql) =>
        segment.HasGrams && sql.Blocks is { } condition ? $"SELECT first, rows, min_time, max_time, min_received, max_received, ({condition}) AS may FROM {segment.Alias}.grams ORDER BY first" : null;

    /// <summary>Takes in the next block of the statement.</summary>
    public void Add(System.Data.Common.DbDataReader row)
    {
        var (first, rows) = (row.GetInt64(0), row.GetInt32(1));
        if (first > _end) AddUnknown(_end, first);
        _blocks.Add(new Block(first, first + rows, new Span(row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), row.GetBoolean(6)));
        _end = first + rows;
    }

    /// <summary>Nothing more comes; what was stored meanwhile has no block here.</summary>
    public void End() => AddUnknown(_end, long.MaxValue);

    /// <summary>Where a statement on a span of time must look; null when nothing of it can fit.</summary>
    public Place? Within(Axis axis, long from, long to)
    {
        var (all, left) = (0L, 0L);
        var ranges = new List<(long First, long End)>();
        foreach (var block in _blocks.Where(b => axis.Meets(b.Span, from, to)))
        {
            var rows = Math.Min(block.End, Math.Max(block.First, _segment.Rows)) - block.First;
            all += rows;
            if (!block.May) continue;
            left += rows;
            if (ranges.Count > 0 && ranges[^1].End == block.First) ranges[^1] = (ranges[^1].First, block.End);
            else ranges.Add((block.First, block.End));
        }
        if (ranges.Count == 0) return null;
        // Where much may fit, DuckDB is faster when it chooses by the line before it unpacks the rest.
        return left > all / 3 ? Place.Anywhere(_segment) : new Place("(" + string.Join(" UNION ALL ", ranges.Chunk(RangesPerPart).Select(r => _segment.RowsWhere(Condition(r)))) + ")", true);
    }

    /// <summary>Outer bounds let DuckDB pass over row groups, the ranges over vectors; brackets spare each row the comparison with all of them.</summary>
    private static string Condition((long First, long End)[] ranges)
    {
        var bounds = string.Create(CultureInfo.InvariantCulture, $"rowid >= {ranges[0].First} AND rowid < {ranges[^1].End}");
        if (ranges.Length == 1) return $"({bounds})";
        return $"({bounds} AND ({string.Join(" OR ", ranges.Chunk(ranges.Length > RangesPerBracket ? RangesPerBracket : 1).Select(Condition))}))";
    }

    private void AddUnknown(long first, long end) => _blocks.Add(new Block(first, end, new Span(long.MinValue, long.MaxValue, long.MinValue, long.MaxValue), true));

    private readonly record struct Block(long First, long End, Span Span, bool May);
}

/// <summary>What a statement reads from.</summary>
/// <param name="Source">After FROM.</param>
/// <param name="HasRows">It is narrowed down to ranges of rows, by <c>jm_row</c>.</param>
internal sealed record Place(string Source, bool HasRows)
{
    /// <summary>All of a segment.</summary>
    public static Place Anywhere(Segment segment) => new(segment.Source, false);

    /// <summary>
    /// The condition as it must stand here: beside ranges of rows DuckDB would try a test of the line on every row of the segment first. A test
    /// of two columns is made after the rows are chosen.
    /// </summary>
    public string Where(string condition) => HasRows ? $"(jm_row < 0 OR ({condition}))" : condition;
}
