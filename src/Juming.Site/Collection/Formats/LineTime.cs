using System.Buffers.Text;

namespace Juming.Site.Collection.Formats;

/// <summary>Reads the times that devices print, without culture and without allocation. Instants are microseconds since 1970 UTC.</summary>
internal static class LineTime
{
    private const long Second = 1_000_000;
    private const long Day = 86_400 * Second;

    [ThreadStatic] private static TimeZoneInfo? _zone;
    [ThreadStatic] private static long _zoneHour;
    [ThreadStatic] private static long _zoneOffset;

    /// <summary>Reads an ISO-like time: <c>2024-05-06T07:08:09.123+08:00</c>, with blank or T, dash or slash, zone optional.</summary>
    /// <returns>Bytes used, 0 when it is none. Without a zone the given one is assumed.</returns>
    public static int ReadIso(ReadOnlySpan<byte> text, TimeZoneInfo zone, out long micros, out bool zoned)
    {
        micros = 0;
        zoned = false;
        if (text.Length < 19 || !Digits(text, 0, 4, out var year) || text[4] is not ((byte)'-' or (byte)'/') || text[7] != text[4] || text[10] is not ((byte)'T' or (byte)' ' or (byte)',' or (byte)'t')) return 0;
        if (!Digits(text, 5, 2, out var month) || !Digits(text, 8, 2, out var day) || !Clock(text[11..], out var time)) return 0;
        if (!Date(year, month, day, out var date)) return 0;
        var at = 19;
        time += Fraction(text, ref at);
        micros = date + time;
        if (Zone(text, ref at, out var offset))
        {
            zoned = true;
            micros -= offset;
        }
        else micros -= OffsetOf(zone, micros);
        return at;
    }

    /// <summary>Reads <c>Mmm dd hh:mm:ss</c> with the liberties of real devices: the year after the day or after the time, a fraction, a zone.</summary>
    /// <returns>Bytes used, 0 when it is none.</returns>
    public static int ReadMonthName(ReadOnlySpan<byte> text, TimeZoneInfo zone, long now, out long micros, out bool assumed)
    {
        micros = 0;
        assumed = true;
        if (text.Length < 15 || text[3] != (byte)' ' || !Month(text, out var month)) return 0;
        var at = 4;
        while (at < text.Length && text[at] == (byte)' ') at++;
        if (!Number(text, ref at, 2, out var day) || at >= text.Length || text[at] != (byte)' ') return 0;
        at++;
        int year = 0;
        if (at + 5 < text.Length && Digits(text, at, 4, out var before) && text[at + 4] == (byte)' ')
        {
            year = before;
            at += 5;
        }
        if (at + 8 > text.Length || !Clock(text[at..], out var time)) return 0;
        at += 8;
        time += Fraction(text, ref at);
        if (year == 0 && at + 5 <= text.Length && text[at] == (byte)' ' && Digits(text, at + 1, 4, out var after) && after is > 1990 and < 2100 && (at + 5 == text.Length || text[at + 5] is (byte)' ' or (byte)':'))
        {
            year = after;
            at += 5;
        }
        var zoned = Zone(text, ref at, out var offset);
        assumed = year == 0 || !zoned;
        if (!Place(year, month, day, time, zoned ? offset : null, zone, now, out micros)) return 0;
        if (at < text.Length && text[at] == (byte)':') at++;
        return at;
    }

    /// <summary>Reads the access-log form <c>06/May/2024:07:08:09 +0800</c>.</summary>
    public static bool TryAccessLog(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 20 || !Digits(text, 0, 2, out var day) || text[2] != (byte)'/' || !Month(text[3..], out var month) || !Digits(text, 7, 4, out var year) || !Clock(text[12..], out var time) || !Date(year, month, day, out var date)) return false;
        var at = 20;
        if (at < text.Length && text[at] == (byte)' ') at++;
        micros = date + time - (Zone(text, ref at, out var offset) ? offset : 0);
        return true;
    }

    /// <summary>Reads an epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by its digits; a fraction of seconds is allowed.</summary>
    public static bool TryEpoch(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (!Utf8Parser.TryParse(text, out long whole, out var used) || whole < 0) return false;
        micros = used switch
        {
            10 => whole * Second,
            13 => whole * 1000,
            16 => whole,
            19 => whole / 1000,
            _ => -1,
        };
        if (micros < 0) return false;
        if (used == text.Length) return true;
        if (used != 10) return false;
        micros += Fraction(text, ref used);
        return used == text.Length;
    }

    /// <summary>Reads any of the forms above, the whole text or its beginning.</summary>
    public static bool TryAny(ReadOnlySpan<byte> text, TimeZoneInfo zone, long now, out long micros) =>
        ReadIso(text, zone, out micros, out _) > 0 || TryEpoch(text, out micros) || ReadMonthName(text, zone, now, out micros, out _) > 0 || TryAccessLog(text, out micros) || TryLoose(text, zone, out micros);

    /// <summary>
    /// Reads a date and a clock in the orders that are left: <c>2008-5-14 6:53:10</c>, <c>20080514065310</c>, <c>Fri Aug 05 02:09:04 CST 2022</c>,
    /// <c>04 May 2020 12:59:57 (GMT-1:00)</c>, <c>Aug 03 2022 11:05:20 GMT+08:00</c>. The year must be there.
    /// </summary>
    public static bool TryLoose(ReadOnlySpan<byte> text, TimeZoneInfo zone, out long micros)
    {
        micros = 0;
        if (text.Length is < 12 or > 64) return false;
        if (text.Length == 14 && Digits(text, 0, 4, out var y) && Digits(text, 4, 2, out var mo) && Digits(text, 6, 2, out var d) && Digits(text, 8, 2, out var h) && Digits(text, 10, 2, out var mi) && Digits(text, 12, 2, out var s))
            return h < 24 && mi < 60 && s <= 60 && Finish(y, mo, d, ((h * 3600L) + (mi * 60) + s) * Second, null, zone, out micros);
        int year = 0, month = 0, day = 0;
        long time = -1, offset = 0;
        var zoned = false;
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                var start = at;
                if (!Number(text, ref at, 4, out var number)) return false;
                var size = at - start;
                var follows = at < text.Length ? text[at] : (byte)0;
                if (follows == (byte)':' && time < 0 && size <= 2)
                {
                    at++;
                    if (!Number(text, ref at, 2, out var minutes)) return false;
                    var seconds = 0;
                    if (at < text.Length && text[at] == (byte)':')
                    {
                        at++;
                        if (!Number(text, ref at, 2, out seconds)) return false;
                    }
                    if (number > 23 || minutes > 59 || seconds > 60) return false;
                    time = ((number * 3600L) + (minutes * 60) + seconds) * Second;
                    time += Fraction(text, ref at);
                    if (Zone(text, ref at, out offset)) zoned = true;
                }
                else if (size == 4) year = year == 0 ? number : year;
                else if (month == 0 && year > 0) month = number;
                else if (day == 0) day = number;
            }
            else if (c is (byte)'+' or (byte)'-' && time >= 0 && !zoned)
            {
                var hour = at + 1;
                if (Zone(text, ref at, out offset)) zoned = true;
                else if (hour + 3 < text.Length && text[hour + 1] == (byte)':' && Digits(text, hour, 1, out var hours) && Digits(text, hour + 2, 2, out var rest))
                {
                    zoned = true;
                    offset = (c == (byte)'-' ? -1 : 1) * ((hours * 3600L) + (rest * 60)) * Second;
                    at = hour + 4;
                }
                else at++;
            }
            else if (c is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z'))
            {
                var start = at;
                while (at < text.Length && text[at] is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z')) at++;
                if (month == 0 && at - start >= 3 && Month(text[start..], out var named)) month = named;
            }
            else at++;
        }
        return time >= 0 && year > 0 && Finish(year, month, day, time, zoned ? offset : null, zone, out micros);
    }

    /// <summary>Number of a month by the first three letters of its English name, or 0.</summary>
    public static int MonthOf(ReadOnlySpan<byte> text) => text.Length >= 3 && Month(text, out var month) ? month : 0;

    /// <summary>Puts an instant together from its parts, read in a zone.</summary>
    public static bool TryMake(int year, int month, int day, int hour, int minute, int second, int milli, TimeZoneInfo zone, out long micros)
    {
        micros = 0;
        return hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and <= 60 && Finish(year, month, day, (((hour * 3600L) + (minute * 60) + second) * Second) + (milli * 1000L), null, zone, out micros);
    }

    private static bool Finish(int year, int month, int day, long time, long? offset, TimeZoneInfo zone, out long micros)
    {
        micros = 0;
        if (!Date(year, month, day, out var date)) return false;
        micros = date + time;
        micros -= offset ?? OffsetOf(zone, micros);
        return true;
    }

    /// <summary>Offset of a zone at a local time, in microseconds; remembered by the hour.</summary>
    public static long OffsetOf(TimeZoneInfo zone, long local)
    {
        var hour = local / (3600 * Second);
        if (ReferenceEquals(zone, _zone) && hour == _zoneHour) return _zoneOffset;
        var ticks = (local * 10) + DateTime.UnixEpoch.Ticks;
        var offset = ticks > DateTime.MinValue.Ticks && ticks < DateTime.MaxValue.Ticks ? zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Unspecified)).Ticks / 10 : 0;
        (_zone, _zoneHour, _zoneOffset) = (zone, hour, offset);
        return offset;
    }

    private static bool Place(int year, int month, int day, long time, long? offset, TimeZoneInfo zone, long now, out long micros)
    {
        var guess = year == 0;
        if (guess) year = YearOf(now + OffsetOf(zone, now));
        if (!At(year, out micros)) return false;
        // A December line read in January belongs to the year that ended.
        if (guess && micros > now + (2 * Day)) At(year - 1, out micros);
        return true;

        bool At(int y, out long at)
        {
            at = 0;
            if (!Date(y, month, day, out var date) && !(month == 2 && day == 29 && Date(y, 2, 28, out date))) return false;
            at = date + time;
            at -= offset ?? OffsetOf(zone, at);
            return true;
        }
    }

    private static int YearOf(long micros) => DateTime.UnixEpoch.AddTicks(micros * 10).Year;

    private static bool Date(int year, int month, int day, out long micros)
    {
        micros = 0;
        if (year is < 1970 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        // Days since 1970 by the shifted calendar whose year begins in March.
        var y = month <= 2 ? year - 1 : year;
        var era = y / 400;
        var yoe = y - (era * 400);
        var doy = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var doe = (yoe * 365) + (yoe / 4) - (yoe / 100) + doy;
        micros = ((era * 146097L) + doe - 719468) * Day;
        return true;
    }

    private static bool Clock(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 8 || text[2] != (byte)':' || text[5] != (byte)':' || !Digits(text, 0, 2, out var h) || !Digits(text, 3, 2, out var m) || !Digits(text, 6, 2, out var s) || h > 23 || m > 59 || s > 60) return false;
        micros = ((h * 3600L) + (m * 60) + s) * Second;
        return true;
    }

    private static long Fraction(ReadOnlySpan<byte> text, ref int at)
    {
        if (at + 1 >= text.Length || text[at] is not ((byte)'.' or (byte)',') || text[at + 1] is < (byte)'0' or > (byte)'9') return 0;
        long value = 0, unit = 100_000;
        for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, unit /= 10) value += (text[at] - '0') * unit;
        return value;
    }

    private static bool Zone(ReadOnlySpan<byte> text, ref int at, out long offset)
    {
        offset = 0;
        if (at >= text.Length) return false;
        if (text[at] is (byte)'Z' or (byte)'z')
        {
            at++;
            return true;
        }
        if (text[at] is not ((byte)'+' or (byte)'-') || !Digits(text, at + 1, 2, out var hours)) return false;
        var sign = text[at] == (byte)'-' ? -1 : 1;
        var next = at + 3;
        if (next < text.Length && text[next] == (byte)':') next++;
        if (!Digits(text, next, 2, out var minutes) || hours > 15 || minutes > 59) return false;
        at = next + 2;
        offset = sign * ((hours * 3600L) + (minutes * 60)) * Second;
        return true;
    }

    private static bool Month(ReadOnlySpan<byte> text, out int month)
    {
        month = ((text[0] | 0x20) << 16 | (text[1] | 0x20) << 8 | (text[2] | 0x20)) switch
        {
            0x6a616e => 1,
            0x666562 => 2,
            0x6d6172 => 3,
            0x617072 => 4,
            0x6d6179 => 5,
            0x6a756e => 6,
            0x6a756c => 7,
            0x617567 => 8,
            0x736570 => 9,
            0x6f6374 => 10,
            0x6e6f76 => 11,
            0x646563 => 12,
            _ => 0,
        };
        return month > 0;
    }

    private static bool Number(ReadOnlySpan<byte> text, ref int at, int most, out int value)
    {
        value = 0;
        var start = at;
        for (; at < text.Length && at - start < most && text[at] is >= (byte)'0' and <= (byte)'9'; at++) value = (value * 10) + (text[at] - '0');
        return at > start;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int at, int count, out int value)
    {
        value = 0;
        if (at + count > text.Length) return false;
        for (var i = at; i < at + count; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (text[i] - '0');
        }
        return true;
    }
}
