using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Reads what claims to be JSON but is not: bare words, typographic quotes, missing or doubled commas, an end that was cut off. Knows only
/// "name : value" and nesting; bounded by depth and by the number of fields.
/// </summary>
internal static class LenientJson
{
    /// <summary>Goes on from a place of the raw line; names are dotted paths.</summary>
    /// <param name="to">The event.</param>
    /// <param name="from">Where to go on.</param>
    /// <param name="names">What the paths mean.</param>
    /// <param name="path">Room for the path, with the part that is already known.</param>
    /// <param name="length">Length of that part.</param>
    /// <param name="ends">Lengths of the path at each open bracket.</param>
    /// <param name="depth">Number of open brackets.</param>
    /// <returns>How many values were stored.</returns>
    public static int Continue(in EventWriter to, int from, Utf8Names<FieldTarget> names, scoped Span<byte> path, int length, scoped Span<short> ends, int depth)
    {
        var text = to.Raw;
        var stored = 0;
        var at = from;
        while (at < text.Length && stored < EventBatch.MaxFieldsPerEvent)
        {
            var c = text[at];
            if (c is (byte)'{' or (byte)'[')
            {
                if (depth >= ends.Length) return stored;
                ends[depth++] = (short)length;
                at++;
                continue;
            }
            if (c is (byte)'}' or (byte)']')
            {
                if (depth == 0) return stored;
                length = --depth == 0 ? 0 : ends[depth - 1];
                at++;
                continue;
            }
            if (c <= (byte)' ' || c is (byte)',' or (byte)':')
            {
                at++;
                continue;
            }
            var token = Token(text, ref at);
            var next = at;
            while (next < text.Length && text[next] == (byte)' ') next++;
            if (next < text.Length && text[next] == (byte)':' && depth > 0)
            {
                length = Push(path, ends[depth - 1], text[token]);
                at = next + 1;
                while (at < text.Length && text[at] <= (byte)' ') at++;
                if (at >= text.Length || text[at] is (byte)'{' or (byte)'[' or (byte)',' or (byte)'}') continue;
                token = Token(text, ref at);
            }
            if (length > 0 && names.TryGet(path[..length], out var target))
            {
                to.Put(target, text[token], token.Start.Value);
                stored++;
            }
        }
        return stored;
    }

    private static int Push(Span<byte> path, int length, ReadOnlySpan<byte> name)
    {
        if (length > 0 && length < path.Length) path[length++] = (byte)'.';
        name = name.Trim((byte)' ');
        name = name[..Math.Min(name.Length, path.Length - length)];
        name.CopyTo(path[length..]);
        return length + name.Length;
    }

    /// <summary>A quoted text (plain or typographic quotes) or a bare word; always moves on.</summary>
    private static Range Token(ReadOnlySpan<byte> text, ref int at)
    {
        var quote = Quote(text, at);
        var start = at + Math.Max(quote, 0);
        var end = start;
        if (quote > 0)
        {
            for (; end < text.Length && Quote(text, end) == 0; end++)
                if (text[end] == (byte)'\\') end++;
            end = Math.Min(end, text.Length);
            at = end < text.Length ? end + Quote(text, end) : end;
            return start..end;
        }
        while (end < text.Length && text[end] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)':' or (byte)'{' or (byte)'[') && Quote(text, end) == 0) end++;
        at = Math.Max(end, at + 1);
        return start..end;
    }

    /// <summary>Bytes of the quote that stands here; typographic ones count, since some devices' texts pass through a word processor.</summary>
    private static int Quote(ReadOnlySpan<byte> text, int at)
    {
        if (text[at] == (byte)'"') return 1;
        return text[at] == 0xE2 && at + 2 < text.Length && text[at + 1] == 0x80 && text[at + 2] is 0x9C or 0x9D ? 3 : 0;
    }
}
