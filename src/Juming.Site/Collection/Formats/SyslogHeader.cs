using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>What a tolerant look at the beginning of a line found.</summary>
internal struct SyslogHeader
{
    /// <summary>Priority 0..191, or -1.</summary>
    public int Priority;

    /// <summary>Where the message begins.</summary>
    public int Message;

    /// <summary>Host name: start and length.</summary>
    public int HostAt, HostLength;

    /// <summary>Program: start and length.</summary>
    public int AppAt, AppLength;

    /// <summary>Process id: start and length.</summary>
    public int PidAt, PidLength;

    /// <summary>Time of the header, or 0.</summary>
    public long Time;

    /// <summary>Zone or year were assumed.</summary>
    public bool TimeAssumed;

    /// <summary>Reads RFC 5424 (any version digit), RFC 3164 and what devices make of them. Everything is optional; what is not recognised is message.</summary>
    public static SyslogHeader Read(ReadOnlySpan<byte> line, SourceMemory source, long now)
    {
        var header = new SyslogHeader { Priority = -1 };
        var at = ReadPriority(line, ref header);
        if (header.Priority >= 0 && at + 2 < line.Length && line[at] is >= (byte)'0' and <= (byte)'9' && line[at + 1] == (byte)' ' && header.ReadNew(line, at + 2, source)) return header;
        header.ReadOld(line, at, source, now);
        return header;
    }

    private static int ReadPriority(ReadOnlySpan<byte> line, ref SyslogHeader header)
    {
        if (line.Length < 3 || line[0] != (byte)'<') return 0;
        int i = 1, value = 0;
        for (; i < line.Length && i < 5 && line[i] is >= (byte)'0' and <= (byte)'9'; i++) value = (value * 10) + (line[i] - '0');
        if (i == 1 || i >= line.Length || line[i] != (byte)'>') return 0;
        if (value <= 191) header.Priority = value;
        return i + 1;
    }

    private bool ReadNew(ReadOnlySpan<byte> line, int at, SourceMemory source)
    {
        if (line[at] == (byte)'-') at += 1;
        else
        {
            var used = LineTime.ReadIso(line[at..], source.Zone, out Time, out var zoned);
            if (used == 0) return false;
            TimeAssumed = !zoned;
            at += used;
        }
        if (!Token(line, ref at, out HostAt, out HostLength) || !Token(line, ref at, out AppAt, out AppLength) || !Token(line, ref at, out PidAt, out PidLength) || !Token(line, ref at, out _, out _)) return false;
        at++;
        if (at < line.Length && line[at] == (byte)'-') at++;
        else at = SkipStructuredData(line, at);
        if (at < line.Length && line[at] == (byte)' ') at++;
        if (line[at..].StartsWith("\uFEFF"u8)) at += 3;
        Message = at;
        return true;
    }

    private static bool Token(ReadOnlySpan<byte> line, ref int at, out int start, out int length)
    {
        start = length = 0;
        if (at >= line.Length || line[at] != (byte)' ') return false;
        start = at + 1;
        var end = line[start..].IndexOf((byte)' ');
        if (end < 0) return false;
        length = end == 1 && line[start] == (byte)'-' ? 0 : end;
        at = start + end;
        return true;
    }

    private static int SkipStructuredData(ReadOnlySpan<byte> line, int at)
    {
        var quoted = false;
        for (var i = at; i < line.Length && line[at] == (byte)'['; i++)
        {
            if (line[i] == (byte)'\\') i++;
            else if (line[i] == (byte)'"') quoted = !quoted;
            else if (line[i] == (byte)']' && !quoted && (i + 1 == line.Length || line[i + 1] != (byte)'[')) return i + 1;
        }
        return at;
    }

    private void ReadOld(ReadOnlySpan<byte> line, int at, SourceMemory source, long now)
    {
        Message = at;
        while (at < line.Length && line[at] is (byte)' ' or (byte)'*' or (byte)'.') at++;
        var used = LineTime.ReadMonthName(line[at..], source.Zone, now, out Time, out TimeAssumed);
        if (used == 0)
        {
            used = LineTime.ReadIso(line[at..], source.Zone, out Time, out var zoned);
            TimeAssumed = !zoned;
        }
        if (used == 0)
        {
            // Without a time only "program[pid]: text" behind a priority is a header.
            if (Priority >= 0) ReadTag(line, at);
            return;
        }
        at += used;
        while (at < line.Length && line[at] == (byte)' ') at++;
        Message = at;
        if (at < line.Length && line[at] == (byte)'%')
        {
            return;
        }
        ReadHost(line, at);
    }

    private void ReadHost(ReadOnlySpan<byte> line, int at)
    {
        var end = line[at..].IndexOf((byte)' ');
        if (end <= 0 || end > 255) return;
        var word = line.Slice(at, end);
        // A word with these is content, not a host's name; a tag that ends in a colon stands where the host is missing.
        if (word.IndexOfAny("={}|\"<>,;"u8) >= 0) return;
        if (word[^1] == (byte)':' || (word[^1] == (byte)']' && word.IndexOf((byte)'[') > 0))
        {
            ReadTag(line, at);
            return;
        }
        (HostAt, HostLength) = (at, end);
        at += end;
        while (at < line.Length && line[at] == (byte)' ') at++;
        Message = at;
        // Relays write the address twice.
        var again = line[at..].IndexOf((byte)' ');
        if (again == HostLength && line.Slice(at, again).SequenceEqual(word))
        {
            at += again + 1;
            Message = at;
        }
        ReadTag(line, at);
    }

    private void ReadTag(ReadOnlySpan<byte> line, int at)
    {
        var i = at;
        for (; i < line.Length && i - at < 64; i++)
        {
            var c = line[i];
            if (c is (byte)':' or (byte)'[') break;
            if (c is (byte)' ' or (byte)'=' or (byte)'{' or (byte)'"' or (byte)'|' or (byte)',' or >= 0x80) return;
        }
        if (i == at || i >= line.Length || i - at >= 64 || line[at] == (byte)'%') return;
        // "CEF:0|" is content that looks like a tag.
        if (line[i] == (byte)':' && line.Slice(at, i - at) is var word && (word.SequenceEqual("CEF"u8) || word.SequenceEqual("LEEF"u8))) return;
        var end = i;
        if (line[i] == (byte)'[')
        {
            var close = line[i..].IndexOf((byte)']');
            if (close is < 1 or > 20 || i + close + 1 >= line.Length || line[i + close + 1] != (byte)':') return;
            (PidAt, PidLength) = (i + 1, close - 1);
            i += close + 1;
        }
        if (i + 1 < line.Length && line[i + 1] != (byte)' ') return;
        (AppAt, AppLength) = (at, end - at);
        i++;
        while (i < line.Length && line[i] == (byte)' ') i++;
        Message = i;
    }
}
