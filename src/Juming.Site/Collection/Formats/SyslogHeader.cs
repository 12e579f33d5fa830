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

    /// <summary>RFC 5424's structured data with its brackets: start and length.</summary>
    public int DataAt, DataLength;

    /// <summary>Time of the header, or 0.</summary>
    public long Time;

    /// <summary>Zone or year were assumed.</summary>
    public bool TimeAssumed;

    /// <summary>Reads RFC 5424 (any version digit), RFC 3164 and what devices make of them. Everything is optional; what is not recognised is message.</summary>
    public static SyslogHeader Read(ReadOnlySpan<byte> line, SourceMemory source, long now)
    {
        var header = new SyslogHeader { Priority = -1 };
        var at = ReadPriority(line, ref header);
        if (header.Priority >= 0 && at + 2 < line.Length && line[at] is >= (byte)'0' and <= (byte)'9' && line[at + 1] == (byte)' ')
        {
            if (header.ReadNew(line, at + 2, source)) return header;
            header = new SyslogHeader { Priority = header.Priority };
            header.ReadOld(line, at + 2, source, now);
            if (header.Time != 0) return header;
            header = new SyslogHeader { Priority = header.Priority };
        }
        header.ReadOld(line, at, source, now);
        return header;
    }

    private static int ReadPriority(ReadOnlySpan<byte> line, ref SyslogHeader header)
    {
        if (line.Length < 3 || line[0] != (byte)'<') return 0;
        int i = 1, value = 0;
        for (; i < line.Length && i < 5 && line[i] is >= (byte)'0' and <= (byte)'9'; i++) value = (value * 10) + (line[i] - '0');
        // A relay that could not read the priority writes a word there.
        if (i == 1 && line.StartsWith("<invld>"u8)) return 7;
        if (i == 1 || i >= line.Length || line[i] != (byte)'>') return 0;
        if (value <= 191) header.Priority = value;
        return i + 1;
    }

    private bool ReadNew(ReadOnlySpan<byte> line, int at, SourceMemory source)
    {
        if (line[at] == (byte)'-') at += 1;
        else if (ReadEpoch(line, at) is > 0 and var epoch)
        {
            at += epoch;
            if (!LooksNew(line, at + 1)) return false;
        }
        else
        {
            var used = LineTime.ReadIso(line[at..], source.Zone, out Time, out var zoned);
            if (used == 0) return false;
            TimeAssumed = !zoned;
            at += used;
        }
        // Some devices end the time with "ZZ".
        if (at < line.Length && line[at] == (byte)'Z') at++;
        return ReadParts(line, at);
    }

    /// <summary>Host, program, process, message id and structured data, each after one blank.</summary>
    private bool ReadParts(ReadOnlySpan<byte> line, int at)
    {
        if (!Token(line, ref at, out HostAt, out HostLength)) return false;
        // Some say version 1 and then send the host and CEF or LEEF at once, without program, process and data.
        if (line[at..].StartsWith(" CEF:"u8) || line[at..].StartsWith(" LEEF:"u8))
        {
            Message = at + 1;
            return true;
        }
        if (!Token(line, ref at, out AppAt, out AppLength) || !Token(line, ref at, out PidAt, out PidLength) || !Token(line, ref at, out _, out _)) return false;
        at++;
        if (at < line.Length && line[at] == (byte)'-') at++;
        else
        {
            DataAt = at;
            at = SkipStructuredData(line, at);
            DataLength = at - DataAt;
        }
        if (at < line.Length && line[at] == (byte)' ') at++;
        if (line[at..].StartsWith("\uFEFF"u8)) at += 3;
        Message = at;
        return true;
    }

    /// <summary>RFC 5424 without its version digit: four words, then "- " or "[id ".</summary>
    private static bool LooksNew(ReadOnlySpan<byte> line, int at)
    {
        for (var word = 0; word < 4; word++)
        {
            var blank = line[at..].IndexOf((byte)' ');
            if (blank is <= 0 or > 255 || line.Slice(at, blank).IndexOfAny("={}|\"<>,;[]"u8) >= 0 || line[at + blank - 1] == (byte)':') return false;
            at += blank + 1;
        }
        return at < line.Length && ((line[at] == (byte)'-' && (at + 1 == line.Length || line[at + 1] == (byte)' ')) || (line[at] == (byte)'[' && at + 1 < line.Length && line[at + 1] is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z')));
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
        if (used == 0) used = ReadEpoch(line, at);
        // A router counts its lines: "6705: Feb 17 13:40:03.673: %PARSER-5-…".
        if (used == 0 && (Priority >= 0 || (at + 2 < line.Length && line[at] is >= (byte)'0' and <= (byte)'9' && line[at..].IndexOf((byte)':') is > 0 and < 12))) used = ReadAfterWords(line, ref at, source, now);
        if (used == 0)
        {
            // Without a time only "program[pid]: text" behind a priority is a header.
            if (Priority >= 0) ReadTag(line, at);
            return;
        }
        at += used;
        while (at < line.Length && line[at] is (byte)' ' or (byte)'Z') at++;
        Message = at;
        if (at < line.Length && line[at] == (byte)'%') return;
        // After the time some devices name its zone: "UTC: %SYS-5-…".
        if (HostLength > 0)
        {
            var percent = line[at..].IndexOf(": %"u8);
            if (percent is >= 0 and < 24) Message = at + percent + 2;
            return;
        }
        var (message, priority, time, assumed) = (Message, Priority, Time, TimeAssumed);
        if (Priority >= 0 && at > 0 && LooksNew(line, at))
        {
            if (ReadParts(line, at - 1)) return;
            this = new SyslogHeader { Priority = priority, Time = time, TimeAssumed = assumed, Message = message };
        }
        ReadHost(line, at);
    }

    /// <summary>Seconds, or milliseconds, since 1970 in the place of the time, as Meraki sends them.</summary>
    private int ReadEpoch(ReadOnlySpan<byte> line, int at)
    {
        if (Priority < 0) return 0;
        var end = line[at..].IndexOf((byte)' ');
        if (end is not (10 or 13 or (> 10 and < 22)) || !LineTime.TryEpoch(line.Slice(at, end), out Time)) return 0;
        TimeAssumed = false;
        return end;
    }

    /// <summary>Cisco's order: "84027: host: *Nov 23 12:25:29.123 UTC: %SYS-5-…", words that end in a colon before the time.</summary>
    private int ReadAfterWords(ReadOnlySpan<byte> line, ref int from, SourceMemory source, long now)
    {
        var at = from;
        for (var words = 0; words < 3; words++)
        {
            var blank = line[at..].IndexOf((byte)' ');
            if (blank is <= 0 or > 64 || line[at + blank - 1] != (byte)':') return 0;
            if (line.Slice(at, blank - 1).IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) (HostAt, HostLength) = (at, blank - 1);
            at += blank;
            while (at < line.Length && line[at] is (byte)' ' or (byte)'*' or (byte)'.') at++;
            var used = LineTime.ReadMonthName(line[at..], source.Zone, now, out Time, out TimeAssumed);
            if (used == 0)
            {
                used = LineTime.ReadIso(line[at..], source.Zone, out Time, out var zoned);
                TimeAssumed = !zoned;
            }
            if (used == 0) continue;
            from = at;
            return used;
        }
        HostLength = 0;
        return 0;
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
