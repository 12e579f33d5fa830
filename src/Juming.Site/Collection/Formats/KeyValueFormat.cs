using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Reads <c>key=value</c> logs: quoted or bare values, separated by blanks, tabs, commas or semicolons; keys in any language.</summary>
internal static class KeyValueFormat
{
    private static readonly Utf8Names<FieldTarget> Keys = new(key => KeyVocabulary.Of(key, "vendor."), key => KeyVocabulary.IsWanted(key, "vendor."));

    /// <summary>True when the message looks like pairs: at least three keys before its 400th byte.</summary>
    public static bool Fits(ReadOnlySpan<byte> text)
    {
        var head = text.Length > 400 ? text[..400] : text;
        int pairs = 0, at = 0;
        while (pairs < 3)
        {
            var next = head[at..].IndexOf((byte)'=');
            if (next <= 0) return false;
            var before = head[at + next - 1];
            if (before is > (byte)' ' and not ((byte)'=' or (byte)'"' or (byte)'<' or (byte)'>' or (byte)'!')) pairs++;
            at += next + 1;
            if (at >= head.Length) return pairs >= 3;
        }
        return true;
    }

    /// <summary>Reads all pairs from a place of the raw line on.</summary>
    /// <returns>How many pairs were read.</returns>
    public static int Read(in EventWriter to, int from) => Read(to, from, to.Raw.Length, Keys);

    /// <summary>Reads all pairs of a part of the raw line, with a caller's own keys.</summary>
    /// <returns>How many pairs were read.</returns>
    public static int Read(in EventWriter to, int from, int end, Utf8Names<FieldTarget> keys)
    {
        var text = to.Raw[..end];
        int pairs = 0, at = from, dateAt = -1, dateLength = 0;
        while (pairs < EventBatch.MaxFieldsPerEvent && TryPair(text, ref at, out var keyAt, out var keyLength, out var valueAt, out var valueLength))
        {
            pairs++;
            if (!keys.TryGet(text.Slice(keyAt, keyLength), out var target))
            {
                to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
                continue;
            }
            var value = text.Slice(valueAt, valueLength);
            if (target.Kind == ValueKind.Date)
            {
                (dateAt, dateLength) = (valueAt, valueLength);
                if (valueLength > 12) to.Put(target with { Kind = ValueKind.Time }, value, valueAt);
            }
            else if (target.Kind == ValueKind.Time && (valueLength is 8 or 12) && dateAt >= 0) PutDateAndTime(to, dateAt, dateLength, value);
            else to.Put(target, value, valueAt);
        }
        return pairs;
    }

    private static void PutDateAndTime(in EventWriter to, int dateAt, int dateLength, ReadOnlySpan<byte> time)
    {
        Span<byte> both = stackalloc byte[64];
        if (dateLength + time.Length + 1 > both.Length) return;
        to.Raw.Slice(dateAt, dateLength).CopyTo(both);
        both[dateLength] = (byte)' ';
        time.CopyTo(both[(dateLength + 1)..]);
        if (LineTime.ReadIso(both[..(dateLength + 1 + time.Length)], to.Source.Zone, out var micros, out _) > 0) to.Time(micros);
    }

    /// <summary>Finds the next pair; false at the end.</summary>
    public static bool TryPair(ReadOnlySpan<byte> text, ref int at, out int keyAt, out int keyLength, out int valueAt, out int valueLength)
    {
        keyAt = keyLength = valueAt = valueLength = 0;
        while (at < text.Length)
        {
            var equals = text[at..].IndexOf((byte)'=');
            if (equals < 0) return false;
            var end = at + equals;
            while (end > at && text[end - 1] == (byte)' ') end--;
            var start = end;
            while (start > at && !IsBreak(text[start - 1])) start--;
            valueAt = at + equals + 1;
            if (start == end)
            {
                at = valueAt;
                continue;
            }
            (keyAt, keyLength) = (start, end - start);
            valueLength = ReadValue(text, ref valueAt, out at);
            return true;
        }
        return false;
    }

    private static int ReadValue(ReadOnlySpan<byte> text, ref int valueAt, out int next)
    {
        if (valueAt < text.Length && (text[valueAt] is (byte)'"' or (byte)'\''))
        {
            var quote = text[valueAt++];
            var i = valueAt;
            for (; i < text.Length && text[i] != quote; i++)
                if (text[i] == (byte)'\\') i++;
            i = Math.Min(i, text.Length);
            next = Math.Min(i + 1, text.Length);
            return i - valueAt;
        }
        var end = valueAt;
        while (end < text.Length && !IsEnd(text, end))
        {
            var mayPrecedeKey = text[end] is (byte)' ' or (byte)',';
            end++;
            // All blanks of a run have the same answer; asking each would take the square of the run's length, seconds for one line.
            while (mayPrecedeKey && end < text.Length && text[end] == (byte)' ') end++;
        }
        next = end;
        return end - valueAt;
    }

    /// <summary>A bare value ends at a separator, and at a blank only when the next word is a key: "msg=two words act=x".</summary>
    private static bool IsEnd(ReadOnlySpan<byte> text, int at)
    {
        var c = text[at];
        if (c is (byte)';' or (byte)'\t' or (byte)'\n' or (byte)'\r') return true;
        if (c is not ((byte)' ' or (byte)',')) return false;
        var i = at + 1;
        while (i < text.Length && text[i] == (byte)' ') i++;
        if (i == text.Length) return true;
        for (var start = i; i < text.Length && i - start < 64; i++)
        {
            if (text[i] == (byte)'=' || (text[i] == (byte)' ' && i > start && i + 1 < text.Length && text[i + 1] == (byte)'=')) return i > start;
            if (IsBreak(text[i])) return false;
        }
        return i == text.Length && c == (byte)',';
    }

    private static bool IsBreak(byte c) => c is <= (byte)' ' or (byte)';' or (byte)',' or (byte)'"' or (byte)'\'' or (byte)'(' or (byte)')' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}';
}
