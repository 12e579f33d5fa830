using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Site.Collection.Receivers;

/// <summary>
/// Tells how many lines of a followed file are one event, such as a stack trace. Without a pattern a line goes on with the one before it when it begins with
/// a blank, a tab, "at " or "Caused by"; with one, every line goes on that the pattern does not find the beginning of an event in.
/// </summary>
internal sealed class LineJoiner(Regex? first)
{
    /// <summary>Most lines of one event.</summary>
    public const int MostLines = 500;

    /// <summary>Most bytes of one event.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>How long the end of an event is waited for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private const string Mark = " first=";
    private const int MostMatched = 1024;

    /// <summary>Reads an entry of the settings: a pattern of paths, and " first=REGEX" behind it where another rule than the usual one holds.</summary>
    /// <exception cref="ArgumentException">The regex is none, or needs backtracking.</exception>
    public static (string Path, LineJoiner Joiner) Read(string entry)
    {
        var at = entry.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return (entry, new LineJoiner(null));
        try
        {
            return (entry[..at], new LineJoiner(new Regex(entry[(at + Mark.Length)..], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)));
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>Bytes of the first event of what was read, its last line end included; 0 while its end is not known yet.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="isOver">Nothing came for a while: what is there is all of it, as far as its lines are whole.</param>
    /// <param name="isLast">The file has ended, so that its last line needs no line end.</param>
    public int Length(ReadOnlySpan<byte> read, bool isOver, bool isLast)
    {
        var at = 0;
        for (var lines = 0; lines < MostLines; lines++)
        {
            var end = read[at..].IndexOf((byte)'\n');
            if (end < 0 && !isLast) return at > 0 && isOver ? at : 0;
            var line = end < 0 ? read[at..] : read.Slice(at, end);
            var next = end < 0 ? read.Length : at + end + 1;
            if (lines > 0 && (next > MostBytes || !GoesOn(line))) return at;
            at = next;
            // A whole line that nothing follows yet: the next may go on with it.
            if (at == read.Length) return isOver || isLast || at >= MostBytes ? at : 0;
        }
        return at;
    }

    private bool GoesOn(ReadOnlySpan<byte> line)
    {
        if (first is not null) return !first.IsMatch(Encoding.UTF8.GetString(line[..Math.Min(line.Length, MostMatched)]));
        return line.Length > 0 && (line[0] is (byte)' ' or (byte)'\t' || line.StartsWith("at "u8) || line.StartsWith("Caused by"u8));
    }
}
