using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>CEF and LEEF: a header of fixed places, then pairs.</summary>
internal static class HeaderedFormats
{
    private static readonly Utf8Names<FieldTarget> CefKeys = new(key => key switch
    {
        "name" or "type" or "cat" => KeyVocabulary.Of(key == "cat" ? "cat" : key, "cef."),
        "deviceExternalId" => new FieldTarget(Field.ObserverSerialNumber),
        "deviceVendor" => default,
        "app" => new FieldTarget(Field.NetworkProtocol),
        _ => KeyVocabulary.Of(key, "cef."),
    }, key => KeyVocabulary.IsWanted(key, "cef."));

    private static readonly Utf8Names<FieldTarget> LeefKeys = new(key => key switch
    {
        "sev" => new FieldTarget(0, FieldNames.Intern("leef.sev")),
        _ => KeyVocabulary.Of(key, "leef."),
    }, key => KeyVocabulary.IsWanted(key, "leef."));

    /// <summary>Reads CEF from the place of "CEF:".</summary>
    public static bool ReadCef(in EventWriter to, int from)
    {
        Span<(int At, int Length)> parts = stackalloc (int, int)[7];
        var next = Header(to.Raw, from + 4, parts);
        if (next < 0) return false;
        to.Kind("cef"u8, "cef"u8, "intrusion_detection"u8, "cef"u8);
        to.Slice(Field.ObserverVendor, parts[1].At, parts[1].Length);
        to.Slice(Field.ObserverProduct, parts[2].At, parts[2].Length);
        to.Slice(Field.ObserverVersion, parts[3].At, parts[3].Length);
        to.Slice(Field.RuleId, parts[4].At, parts[4].Length);
        to.Slice(Field.RuleName, parts[5].At, parts[5].Length);
        PutSeverity(to, to.Raw.Slice(parts[6].At, parts[6].Length));
        ReadExtension(to, next);
        return true;
    }

    /// <summary>Reads LEEF 1.0 or 2.0 from the place of "LEEF:".</summary>
    public static bool ReadLeef(in EventWriter to, int from)
    {
        Span<(int At, int Length)> parts = stackalloc (int, int)[5];
        var next = Header(to.Raw, from + 5, parts);
        if (next < 0) return false;
        var separator = (byte)'\t';
        if (to.Raw.Slice(parts[0].At, parts[0].Length).StartsWith("2"u8)) next = Separator(to.Raw, next, ref separator);
        else if (!to.Raw[next..].Contains(separator) && BarsDivide(to.Raw[next..])) separator = (byte)'|';
        to.Kind("leef"u8, "leef"u8, "network"u8, "leef"u8);
        to.Slice(Field.ObserverVendor, parts[1].At, parts[1].Length);
        to.Slice(Field.ObserverProduct, parts[2].At, parts[2].Length);
        to.Slice(Field.ObserverVersion, parts[3].At, parts[3].Length);
        to.Slice(Field.EventCode, parts[4].At, parts[4].Length);
        var text = to.Raw;
        while (next < text.Length)
        {
            var end = text[next..].IndexOf(separator);
            var pair = end < 0 ? text[next..] : text.Slice(next, end);
            var equals = pair.IndexOf((byte)'=');
            if (equals > 0 && LeefKeys.TryGet(pair[..equals], out var target)) to.Put(target, pair[(equals + 1)..], next + equals + 1);
            if (end < 0) break;
            next += end + 1;
        }
        return true;
    }

    private static int Header(ReadOnlySpan<byte> text, int at, Span<(int At, int Length)> parts)
    {
        for (var p = 0; p < parts.Length; p++)
        {
            var start = at;
            while (at < text.Length && text[at] != (byte)'|') at += text[at] == (byte)'\\' ? 2 : 1;
            if (at > text.Length) at = text.Length;
            if (at == text.Length && p < parts.Length - 1) return -1;
            parts[p] = (start, at - start);
            at = Math.Min(at + 1, text.Length);
        }
        return at;
    }

    /// <summary>Some devices put bars where version 1 asks for tabs: after the first bar stands a key and "=".</summary>
    private static bool BarsDivide(ReadOnlySpan<byte> pairs)
    {
        var bar = pairs.IndexOf((byte)'|');
        if (bar < 0) return false;
        var rest = pairs[(bar + 1)..];
        var equals = rest.IndexOf((byte)'=');
        return equals is > 0 and <= 64 && !rest[..equals].ContainsAny(" |"u8);
    }

    private static int Separator(ReadOnlySpan<byte> text, int at, ref byte separator)
    {
        var bar = text[at..].IndexOf((byte)'|');
        if (bar is < 0 or > 6) return at;
        var name = text.Slice(at, bar);
        if (name.Length == 1) separator = name[0];
        else if ((name.StartsWith("0x"u8) || name.StartsWith("x"u8)) && byte.TryParse(name[(name.IndexOf((byte)'x') + 1)..], System.Globalization.NumberStyles.HexNumber, null, out var hex)) separator = hex;
        return at + bar + 1;
    }

    private static void PutSeverity(in EventWriter to, ReadOnlySpan<byte> value)
    {
        if (System.Buffers.Text.Utf8Parser.TryParse(value, out int number, out var used) && used == value.Length) to.Batch.Add(Field.EventSeverity, number >= 9 ? 4 : number >= 7 ? 3 : number >= 4 ? 2 : number >= 1 ? 1 : 0);
        else if (ActionVocabulary.SeverityOf(value) is >= 0 and var word) to.Batch.Add(Field.EventSeverity, word);
    }

    /// <summary>Pairs whose values hold blanks: a value ends before the last blank that a key and "=" follow.</summary>
    private static void ReadExtension(in EventWriter to, int at)
    {
        var text = to.Raw;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        while (at < text.Length)
        {
            var equals = text[at..].IndexOf((byte)'=');
            if (equals <= 0) return;
            var key = text.Slice(at, equals);
            var valueAt = at + equals + 1;
            var (end, escaped, next) = ValueEnd(text, valueAt);
            if (CefKeys.TryGet(key, out var target))
            {
                var value = text[valueAt..end];
                if (escaped) to.Put(target, Unescape(value), -1);
                else to.Put(target, value, valueAt);
            }
            at = next;
        }
    }

    private static (int End, bool Escaped, int Next) ValueEnd(ReadOnlySpan<byte> text, int at)
    {
        var escaped = false;
        var lastBlank = -1;
        for (var i = at; i < text.Length; i++)
        {
            var c = text[i];
            if (c == (byte)'\\')
            {
                escaped = true;
                i++;
            }
            else if (c is (byte)' ' or (byte)'\t') lastBlank = i;
            else if (c == (byte)'=' && lastBlank >= 0 && i > lastBlank + 1 && IsKey(text[(lastBlank + 1)..i]))
            {
                var end = lastBlank;
                while (end > at && text[end - 1] is (byte)' ' or (byte)'\t') end--;
                return (end, escaped, lastBlank + 1);
            }
        }
        var last = text.Length;
        while (last > at && (text[last - 1] is (byte)' ' or (byte)'\r')) last--;
        return (Math.Max(last, at), escaped, text.Length);
    }

    private static bool IsKey(ReadOnlySpan<byte> word)
    {
        foreach (var c in word)
            if (c is not (>= (byte)'a' and <= (byte)'z') && c is not (>= (byte)'A' and <= (byte)'Z') && c is not (>= (byte)'0' and <= (byte)'9') && c is not ((byte)'_' or (byte)'.' or (byte)'-')) return false;
        return true;
    }

    private static byte[] Unescape(ReadOnlySpan<byte> value)
    {
        var plain = new byte[value.Length];
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == (byte)'\\' && i + 1 < value.Length)
            {
                c = value[++i];
                if (c == (byte)'n') c = (byte)'\n';
                else if (c == (byte)'r') c = (byte)'\r';
            }
            plain[n++] = c;
        }
        return plain[..n];
    }
}
