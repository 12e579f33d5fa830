using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Site.Collection.Formats;
using Juming.Site.Events;

namespace Juming.Site.Collection.Packs;

/// <summary>One compiled step of a pack.</summary>
internal abstract class CompiledStep(PackStep step)
{
    private readonly byte[] _if = Bytes(step.If ?? "");
    private readonly byte[] _after = Bytes(step.After ?? "");

    /// <summary>Compiles a step.</summary>
    /// <exception cref="ArgumentException">The pattern is not understood; the message says why.</exception>
    /// <exception cref="NotSupportedException">The regular expression needs backtracking.</exception>
    public static CompiledStep Of(PackStep step) => step.Kind switch
    {
        "kv" when step.Keys.Count > 0 => new ClosedPairs(step),
        "kv" when step.Separators.Count > 0 => new SeparatedPairs(step),
        "kv" => new LoosePairs(step),
        "json" => new Json(step),
        "positional" => new Positional(step),
        "dissect" => new Dissect(step),
        _ => new Expression(step),
    };

    /// <summary>The step took too long too often and reads no more lines.</summary>
    public virtual bool IsCutOff => false;

    /// <summary>Reads what the step finds from a place of the raw line on.</summary>
    public void Read(in EventWriter to, int from, Utf8Names<FieldTarget> names)
    {
        if (_if.Length > 0 && to.Raw.IndexOf(_if) < 0) return;
        if (_after.Length > 0)
        {
            var at = to.Raw[from..].IndexOf(_after);
            if (at < 0) return;
            from += at + _after.Length;
        }
        ReadFrom(to, from, names);
    }

    protected abstract void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Stores a slice of the raw line, trimmed and without its quotes.</summary>
    protected static void Put(in EventWriter to, Utf8Names<FieldTarget> names, ReadOnlySpan<byte> key, int start, int end, ReadOnlySpan<byte> trim, ReadOnlySpan<byte> quote)
    {
        var text = to.Raw;
        while (start < end && trim.Contains(text[start])) start++;
        while (end > start && trim.Contains(text[end - 1])) end--;
        if (end - start >= 2 && quote.Contains(text[start]) && text[end - 1] == text[start]) (start, end) = (start + 1, end - 1);
        if (end <= start || key.IsEmpty) return;
        if (names.TryGet(key, out var target)) to.Put(target, text[start..end], start);
        else to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
    }

    /// <summary>Pairs as the tolerant reader knows them.</summary>
    private sealed class LoosePairs(PackStep step) : CompiledStep(step)
    {
        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names) => KeyValueFormat.Read(to, from, to.Raw.Length, names);
    }

    private sealed class Json(PackStep step) : CompiledStep(step)
    {
        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var brace = to.Raw[from..].IndexOfAny((byte)'{', (byte)'[');
            if (brace >= 0) JsonFormat.Flatten(to, from + brace, names);
        }
    }

    /// <summary>Pairs between fixed separators.</summary>
    private sealed class SeparatedPairs(PackStep step) : CompiledStep(step)
    {
        private readonly byte[][] _separators = [.. step.Separators.Select(Bytes)];
        private readonly byte[] _assign = Bytes(step.Assign);
        private readonly byte[] _trim = Bytes(step.Trim);
        private readonly byte[] _quote = Bytes(step.Quote);
        private readonly string _key = step.Key;

        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var text = to.Raw;
            for (int at = from, pairs = 0; at < text.Length && pairs < EventBatch.MaxFieldsPerEvent; pairs++)
            {
                var (end, next) = Next(text, at, _separators, _quote, _assign);
                var assign = text[at..end].IndexOf(_assign);
                if (assign > 0)
                {
                    var key = text.Slice(at, assign).Trim(_trim).Trim((byte)' ');
                    Put(to, names, Part(key), at + assign + _assign.Length, end, _trim, _quote);
                }
                at = next;
            }
        }

        private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> key)
        {
            var open = key.LastIndexOf((byte)'(');
            if (_key == "whole" || open <= 0 || key[^1] != (byte)')') return key;
            return _key == "name" ? key[..open] : key[(open + 1)..^1];
        }
    }

    /// <summary>Where the part that begins here ends and the next begins; a quoted value behind the assignment hides separators.</summary>
    protected static (int End, int Next) Next(ReadOnlySpan<byte> text, int at, byte[][] separators, ReadOnlySpan<byte> quotes, ReadOnlySpan<byte> assign)
    {
        var quote = (byte)0;
        for (var i = at; i < text.Length; i++)
        {
            if (quote != 0)
            {
                if (text[i] == quote) quote = 0;
                continue;
            }
            if (quotes.Contains(text[i]) && (i == at || (assign.Length > 0 && text[at..i].EndsWith(assign)))) quote = text[i];
            else
                foreach (var separator in separators)
                    if (text[i..].StartsWith(separator)) return (i, i + separator.Length);
        }
        return (text.Length, text.Length);
    }

    /// <summary>Pairs of known keys: a value may hold anything up to where the next key stands.</summary>
    private sealed class ClosedPairs : CompiledStep
    {
        private readonly byte[][] _separators;
        private readonly byte[][] _keys;
        private readonly byte[] _assign;
        private readonly byte[] _trim;
        private readonly byte[] _quote;

        public ClosedPairs(PackStep step)
            : base(step)
        {
            _separators = step.Separators.Count > 0 ? [.. step.Separators.Select(Bytes)] : [Bytes(" ")];
            // The longest key first: "src_ip" must not be taken for "src".
            _keys = [.. step.Keys.OrderByDescending(k => k.Length).Select(Bytes)];
            _assign = Bytes(step.Assign);
            _trim = Bytes(step.Trim);
            _quote = Bytes(step.Quote);
        }

        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var text = to.Raw;
            ReadOnlySpan<byte> open = default;
            var valueAt = -1;
            for (var i = from; i < text.Length; i++)
            {
                var before = i == from ? 0 : SeparatorBefore(text, from, i);
                if (before < 0) continue;
                if (KeyAt(text[i..]) is not { } key) continue;
                if (valueAt >= 0) Put(to, names, open, valueAt, i - before, _trim, _quote);
                open = key;
                valueAt = i + key.Length + _assign.Length;
                i = valueAt - 1;
            }
            if (valueAt >= 0) Put(to, names, open, valueAt, text.Length, _trim, _quote);
        }

        private int SeparatorBefore(ReadOnlySpan<byte> text, int from, int at)
        {
            foreach (var separator in _separators)
                if (at - separator.Length >= from && text.Slice(at - separator.Length, separator.Length).SequenceEqual(separator)) return separator.Length;
            return -1;
        }

        private byte[]? KeyAt(ReadOnlySpan<byte> text)
        {
            foreach (var key in _keys)
                if (text[0] == key[0] && text.StartsWith(key) && text[key.Length..].StartsWith(_assign)) return key;
            return null;
        }
    }

    /// <summary>Values by their place.</summary>
    private sealed class Positional(PackStep step) : CompiledStep(step)
    {
        private readonly byte[][] _separator = [Bytes(step.Separators[0])];
        private readonly byte[][] _columns = [.. step.Columns.Select(Bytes)];
        private readonly byte[] _trim = Bytes(step.Trim);
        private readonly byte[] _quote = Bytes(step.Quote);

        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var at = from;
            for (var column = 0; column < _columns.Length && at <= to.Raw.Length; column++)
            {
                // The last column takes the rest of the line.
                var (end, next) = column == _columns.Length - 1 ? (to.Raw.Length, to.Raw.Length + 1) : Next(to.Raw, at, _separator, _quote, default);
                if (_columns[column].Length > 0) Put(to, names, _columns[column], at, end, _trim, _quote);
                if (end == to.Raw.Length) return;
                at = next;
            }
        }
    }

    /// <summary>Text with places: "From {sip}:{sport} to {dip}". The first text is looked for; the others must follow.</summary>
    private sealed class Dissect : CompiledStep
    {
        private readonly byte[] _first;
        private readonly (byte[] Key, byte[] Until)[] _places;

        public Dissect(PackStep step)
            : base(step)
        {
            var places = new List<(byte[], byte[])>();
            var pattern = step.Pattern;
            var open = pattern.IndexOf('{', StringComparison.Ordinal);
            if (open < 0) throw new ArgumentException("a dissect pattern needs at least one {key}");
            _first = Bytes(pattern[..open]);
            while (open >= 0)
            {
                var close = pattern.IndexOf('}', open);
                if (close < 0) throw new ArgumentException("a place of the dissect pattern is not closed");
                var next = pattern.IndexOf('{', close);
                var until = pattern[(close + 1)..(next < 0 ? pattern.Length : next)];
                if (until.Length == 0 && next >= 0) throw new ArgumentException("two places of the dissect pattern need text between them");
                places.Add((Bytes(pattern[(open + 1)..close]), Bytes(until)));
                open = next;
            }
            _places = [.. places];
        }

        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var text = to.Raw;
            var start = text[from..].IndexOf(_first);
            if (start < 0) return;
            // All or nothing: first see that every text is there.
            var at = from + start + _first.Length;
            foreach (var (_, until) in _places)
            {
                var end = until.Length == 0 ? text.Length - at : text[at..].IndexOf(until);
                if (end < 0) return;
                at += end + until.Length;
            }
            at = from + start + _first.Length;
            foreach (var (key, until) in _places)
            {
                var end = until.Length == 0 ? text.Length : at + text[at..].IndexOf(until);
                Put(to, names, key, at, end, " "u8, default);
                at = end + until.Length;
            }
        }
    }

    /// <summary>Named groups of a regular expression; linear in time, and only the first 4,096 characters are looked at.</summary>
    private sealed class Expression(PackStep step) : CompiledStep(step)
    {
        private const int MostCharacters = 4096;

        // A line may cost 0.2 ms; what it costs beyond that is owed, and quick lines pay it back. A pause of the machine is forgiven, a slow pattern is not.
        private static readonly long Allowance = Stopwatch.Frequency / 5000;
        private static readonly long MostDebt = Stopwatch.Frequency / 2;
        private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

        private readonly Regex _regex = new(step.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Longest);
        private long _debt;

        public override bool IsCutOff => Volatile.Read(ref _debt) > MostDebt;

        protected override void ReadFrom(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            // Linear is not fast: a pattern that keeps thousands of states alive would hold up every line, so it is given up.
            if (IsCutOff) return;
            var start = Stopwatch.GetTimestamp();
            try
            {
                ReadMatch(to, from, names);
            }
            catch (RegexMatchTimeoutException)
            {
                // The line has what the other steps found.
            }
            var debt = Volatile.Read(ref _debt) + Stopwatch.GetTimestamp() - start - Allowance;
            Volatile.Write(ref _debt, Math.Max(0, debt));
        }

        private void ReadMatch(in EventWriter to, int from, Utf8Names<FieldTarget> names)
        {
            var bytes = to.Raw[from..];
            var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostCharacters)]);
            var match = _regex.Match(text);
            if (!match.Success) return;
            foreach (Group group in match.Groups)
            {
                if (!group.Success || group.Length == 0 || group.Name.Length == 0 || char.IsAsciiDigit(group.Name[0])) continue;
                var start = from + Encoding.UTF8.GetByteCount(text.AsSpan(0, group.Index));
                var end = Math.Min(start + Encoding.UTF8.GetByteCount(group.ValueSpan), to.Raw.Length);
                Put(to, names, Bytes(group.Name), Math.Min(start, end), end, default, default);
            }
        }
    }
}
