using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>One question to one slot, asked at most once per event however many rules share it.</summary>
internal abstract class Atom(int index, Slot slot) : Node
{
    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>Where it looks.</summary>
    public Slot Slot { get; } = slot;

    /// <summary>The scan over the slot settles it: not found there means it does not hold.</summary>
    public bool IsSettledByScan { get; set; }

    /// <summary>The scan finds a literal without which it can't hold.</summary>
    public bool IsHinted { get; set; }

    /// <summary>Looks at the values of the slot.</summary>
    protected abstract bool Ask(MatchScratch scratch, ref SlotState state);

    /// <inheritdoc/>
    public sealed override bool Holds(MatchScratch scratch)
    {
        if (scratch.Known(Index, out var holds)) return holds;
        if (IsSettledByScan) return false;
        if (IsHinted && !scratch.IsHinted(Index)) return false;
        return scratch.Remember(Index, Ask(scratch, ref scratch.Resolve(Slot)));
    }

    /// <inheritdoc/>
    public sealed override void Explain(MatchScratch scratch, FieldList fields)
    {
        if (!Holds(scratch)) return;
        fields.Add(scratch.Resolve(Slot).Field);
        if (Slot.IsMessage) fields.Keyword ??= Keyword;
    }

    /// <summary>What it looks for, as people read it; null where that can't be said in a word.</summary>
    protected virtual string? Keyword => null;
}

/// <summary>Bytes at the start, at the end, anywhere, or the whole value.</summary>
internal sealed class TextAtom(int index, Slot slot, byte[] pattern, TextShape shape, bool cased) : Atom(index, slot)
{
    /// <summary>What is looked for; in lower case unless case matters.</summary>
    public byte[] Pattern { get; } = pattern;

    /// <summary>Where.</summary>
    public TextShape Shape { get; } = shape;

    /// <summary>Case matters.</summary>
    public bool Cased { get; } = cased;

    /// <inheritdoc/>
    protected override string Keyword => Encoding.UTF8.GetString(Pattern);

    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            ref var value = ref scratch.Value(i);
            var text = Cased ? scratch.Raw(value) : scratch.Lower(ref value);
            if (Fits(text)) return true;
        }
        return false;
    }

    private bool Fits(ReadOnlySpan<byte> text) => Shape switch
    {
        TextShape.Equals => text.SequenceEqual(Pattern),
        TextShape.StartsWith => text.StartsWith(Pattern),
        TextShape.EndsWith => text.EndsWith(Pattern),
        _ => text.IndexOf(Pattern) >= 0,
    };
}

/// <summary>A whole number; "0443" and "443.0" are equal to 443.</summary>
internal sealed class EqualNumberAtom(int index, Slot slot, string text) : Atom(index, slot)
{
    private readonly byte[] _text = Encoding.ASCII.GetBytes(text);
    private readonly long _number = long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The number as the rule writes it.</summary>
    public byte[] Text => _text;

    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            var value = scratch.Raw(scratch.Value(i));
            if (value.SequenceEqual(_text)) return true;
            if (value.Length > _text.Length && Utf8Parser.TryParse(value, out double number, out var used) && used == value.Length && number == _number) return true;
        }
        return false;
    }
}

/// <summary>Pieces with wildcards between them, over bytes or, where letters beyond ASCII have cases, over characters.</summary>
internal sealed class WildcardAtom(int index, Slot slot, SigmaText pattern, bool cased) : Atom(index, slot)
{
    private readonly char[] _pattern = Flatten(pattern, cased);
    /// <inheritdoc/>
    protected override string? Keyword => pattern.Pieces.Select(p => p.Literal).MaxBy(l => l?.Length ?? 0);

    private readonly bool _isBeyondAscii = pattern.Pieces.Any(p => p.Literal is { } t && !Ascii.IsValid(t));

    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            ref var value = ref scratch.Value(i);
            // Most values are ASCII, and no letter beyond it folds into it.
            if (_isBeyondAscii && Ascii.IsValid(scratch.Raw(value))) continue;
            if (Fits(scratch.Chars(ref value))) return true;
        }
        return false;
    }

    // Wildcards become two code points that no text holds (noncharacters).
    private const char Star = '\uFDD0';
    private const char Any = '\uFDD1';

    private static char[] Flatten(SigmaText pattern, bool cased)
    {
        var text = new StringBuilder();
        foreach (var piece in pattern.Pieces) text.Append(piece.Literal is { } literal ? cased ? literal : literal.ToUpperInvariant() : (piece.Wildcard == '*' ? Star : Any).ToString());
        return text.ToString().ToCharArray();
    }

    private bool Fits(ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, back = 0;
        var pattern = _pattern;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == Star)
            {
                star = p++;
                back = t;
            }
            else if (p < pattern.Length && (pattern[p] == Any || pattern[p] == (cased ? text[t] : char.ToUpperInvariant(text[t]))))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++back;
            }
            else return false;
        }
        while (p < pattern.Length && pattern[p] == Star) p++;
        return p == pattern.Length;
    }
}

/// <summary>Regular expression, with a limit on time and length.</summary>
internal sealed class RegexAtom(int index, Slot slot, SigmaRegex pattern) : Atom(index, slot)
{
    // Interruptions by the machine look like time-outs; so many good looks forgive those before them.
    private const int LooksThatForgive = 100_000;

    private int _timeouts;
    private int _looks;

    /// <inheritdoc/>
    protected override string Keyword => pattern.ToString();

    /// <summary>How often the time limit was met lately.</summary>
    public int Timeouts => Volatile.Read(ref _timeouts);

    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        if (_timeouts >= RegexLimits.MostTimeouts) return false;
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            var text = scratch.Chars(ref scratch.Value(i));
            if (text.Length > RegexLimits.MostCharacters) text = text[..RegexLimits.MostCharacters];
            try
            {
                var found = pattern.IsMatch(text);
                if (_timeouts > 0 && ++_looks >= LooksThatForgive) (_timeouts, _looks) = (0, 0);
                if (found) return true;
            }
            catch (RegexMatchTimeoutException)
            {
                Interlocked.Increment(ref _timeouts);
                _looks = 0;
                return false;
            }
        }
        return false;
    }
}

/// <summary>Address within a network; an IPv4 address in IPv6 notation is the IPv4 address.</summary>
internal sealed class CidrAtom(int index, Slot slot, IPNetwork network) : Atom(index, slot)
{
    private readonly byte[] _prefix = network.BaseAddress.GetAddressBytes();

    /// <inheritdoc/>
    [SkipLocalsInit]
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            var text = scratch.Raw(scratch.Value(i));
            int length;
            if (TryIpv4(text, bytes)) length = 4;
            else
            {
                // The rare IPv6 address goes the slow way.
                if (text.Length is < 2 or > 60 || text.IndexOf((byte)':') < 0 || !IPAddress.TryParse(scratch.Chars(ref scratch.Value(i)), out var address)) continue;
                if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
                length = address.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;
                if (!address.TryWriteBytes(bytes, out _)) continue;
            }
            if (length == _prefix.Length && Within(bytes[..length])) return true;
        }
        return false;
    }

    private bool Within(ReadOnlySpan<byte> address)
    {
        var bits = network.PrefixLength;
        var whole = bits / 8;
        if (!address[..whole].SequenceEqual(_prefix.AsSpan(0, whole))) return false;
        var rest = bits % 8;
        return rest == 0 || (address[whole] ^ _prefix[whole]) >> (8 - rest) == 0;
    }

    private static bool TryIpv4(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.Length is < 7 or > 15) return false;
        int part = 0, number = 0, digits = 0;
        foreach (var b in text)
        {
            if (b == '.')
            {
                if (digits == 0 || part == 3) return false;
                bytes[part++] = (byte)number;
                number = digits = 0;
            }
            else if ((uint)(b - '0') <= 9 && ++digits <= 3)
            {
                number = number * 10 + (b - '0');
                if (number > 255) return false;
            }
            else return false;
        }
        if (part != 3 || digits == 0) return false;
        bytes[3] = (byte)number;
        return true;
    }
}

/// <summary>A number, or a part of a time, compared with a number.</summary>
internal sealed class NumberAtom(int index, Slot slot, NumberTest test) : Atom(index, slot)
{
    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        if (test.Part != TimePart.None && state.Count == 0 && Slot.IsTimestamp)
            return Compare(TimeParts.Of(DateTime.UnixEpoch.AddMicroseconds(scratch.Batch.Events[scratch.Index].Time), test.Part));
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            var text = scratch.Raw(scratch.Value(i));
            if (test.Part == TimePart.None)
            {
                if (Numbers.TryParse(text, out var number) && Compare(number)) return true;
            }
            else if (TimeParts.TryRead(text, out var time) && Compare(TimeParts.Of(time, test.Part))) return true;
        }
        return false;
    }

    private bool Compare(double number) => new Criterion(test.Comparison, test.Number).Holds(number);
}

/// <summary>Numbers in logs.</summary>
internal static class Numbers
{
    /// <summary>Reads a decimal number, or a hexadecimal one after 0x.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        if (text.Length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
        {
            var ok = Utf8Parser.TryParse(text[2..], out ulong bits, out var hex, 'x') && hex == text.Length - 2;
            number = bits;
            return ok;
        }
        return Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && double.IsFinite(number);
    }
}

/// <summary>Parts of a time as written; no zone is converted.</summary>
internal static class TimeParts
{
    /// <summary>Reads "yyyy-MM-dd[T ]HH:mm[:ss…]".</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length < 10) return false;
        Span<int> n = stackalloc int[6];
        var count = 0;
        for (var i = 0; i < text.Length && count < 6;)
        {
            if ((uint)(text[i] - '0') > 9)
            {
                i++;
                continue;
            }
            if (!Utf8Parser.TryParse(text[i..], out int number, out var used)) return false;
            n[count++] = number;
            i += used;
        }
        if (count < 3 || n[0] is < 1 or > 9999 || n[1] is < 1 or > 12 || n[2] < 1 || n[2] > DateTime.DaysInMonth(n[0], n[1])) return false;
        if (n[3] is < 0 or > 23 || n[4] is < 0 or > 59 || n[5] is < 0 or > 59) return false;
        time = new DateTime(n[0], n[1], n[2], n[3], n[4], n[5], DateTimeKind.Unspecified);
        return true;
    }

    /// <summary>A part of a time; weeks as ISO 8601 counts them.</summary>
    public static int Of(DateTime time, TimePart part) => part switch
    {
        TimePart.Minute => time.Minute,
        TimePart.Hour => time.Hour,
        TimePart.Day => time.Day,
        TimePart.Week => ISOWeek.GetWeekOfYear(time),
        TimePart.Month => time.Month,
        _ => time.Year,
    };
}

/// <summary>The field is there, or is not.</summary>
internal sealed class PresenceAtom(int index, Slot slot, bool present) : Atom(index, slot)
{
    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        var found = state.Count > 0 || (Slot.IsTimestamp && present);
        return found == present;
    }
}

/// <summary>The field is empty or is not there.</summary>
internal sealed class EmptyAtom(int index, Slot slot) : Atom(index, slot)
{
    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        for (var i = state.First; i < state.First + state.Count; i++)
            if (scratch.Value(i).Length == 0) return true;
        return state.Count == 0;
    }
}

/// <summary>The value relates to that of another field.</summary>
internal sealed class OtherFieldAtom(int index, Slot slot, Slot other, TextShape shape, bool cased) : Atom(index, slot)
{
    /// <inheritdoc/>
    protected override bool Ask(MatchScratch scratch, ref SlotState state)
    {
        var (first, count) = (state.First, state.Count);
        var second = scratch.Resolve(other);
        for (var i = first; i < first + count; i++)
            for (var j = second.First; j < second.First + second.Count; j++)
                if (Fits(scratch, i, j)) return true;
        return false;
    }

    private bool Fits(MatchScratch scratch, int i, int j)
    {
        var compare = cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        // Both are brought into the buffer before either is looked at: the buffer may move.
        scratch.Chars(ref scratch.Value(i));
        scratch.Chars(ref scratch.Value(j));
        var a = scratch.Chars(ref scratch.Value(i));
        var b = scratch.Chars(ref scratch.Value(j));
        return shape switch
        {
            TextShape.Equals => a.Equals(b, compare),
            TextShape.StartsWith => a.StartsWith(b, compare),
            TextShape.EndsWith => a.EndsWith(b, compare),
            _ => a.Contains(b, compare),
        };
    }
}
