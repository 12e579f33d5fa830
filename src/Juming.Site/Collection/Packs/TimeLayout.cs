using System.Buffers.Text;
using System.Text;
using Juming.Site.Collection.Formats;

namespace Juming.Site.Collection.Packs;

/// <summary>A time layout of a pack: <c>yyyy MM dd HH mm ss fff MMM</c> and other characters that must stand as they are.</summary>
internal sealed class TimeLayout
{
    private static readonly string[] Tokens = ["yyyy", "MMM", "MM", "dd", "HH", "mm", "ss", "fff"];

    private readonly List<(string Token, byte Literal)> _parts = [];

    private TimeLayout()
    {
    }

    /// <summary>Compiles a layout, or null when a part of the time is missing or the text is over 64 characters.</summary>
    public static TimeLayout? TryParse(string layout)
    {
        if (layout.Length is 0 or > 64) return null;
        var compiled = new TimeLayout();
        for (var at = 0; at < layout.Length;)
        {
            var token = Array.Find(Tokens, t => string.CompareOrdinal(layout, at, t, 0, t.Length) == 0);
            if (token is not null) compiled._parts.Add((token, 0));
            else foreach (var literal in Encoding.UTF8.GetBytes(layout, at, 1)) compiled._parts.Add(("", literal));
            at += token?.Length ?? 1;
        }
        bool Has(string token) => compiled._parts.Exists(p => p.Token == token);
        return Has("yyyy") && (Has("MM") || Has("MMM")) && Has("dd") && Has("HH") && Has("mm") ? compiled : null;
    }

    /// <summary>Reads a time; what follows the layout is not looked at.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, TimeZoneInfo zone, out long micros)
    {
        micros = 0;
        int at = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milli = 0;
        foreach (var (token, literal) in _parts)
        {
            if (token.Length == 0)
            {
                if (at >= text.Length || text[at++] != literal) return false;
                continue;
            }
            var start = at;
            var most = token == "yyyy" ? 4 : token is "fff" or "MMM" ? 3 : 2;
            while (at < text.Length && at - start < most && (token == "MMM" ? text[at] >= (byte)'A' : text[at] is >= (byte)'0' and <= (byte)'9')) at++;
            var word = text[start..at];
            if (token == "MMM")
            {
                month = LineTime.MonthOf(word);
                continue;
            }
            if (!Utf8Parser.TryParse(word, out int number, out _)) return false;
            _ = token switch
            {
                "yyyy" => year = number,
                "MM" => month = number,
                "dd" => day = number,
                "HH" => hour = number,
                "mm" => minute = number,
                "ss" => second = number,
                _ => milli = number,
            };
        }
        return LineTime.TryMake(year, month, day, hour, minute, second, milli, zone, out micros);
    }
}
