using System.Globalization;
using System.Text;

namespace Juming.Site.Events.Query;

/// <summary>Cuts a query into words, operators and brackets; full-width punctuation of Chinese keyboards is accepted.</summary>
internal sealed class QueryWords(string text)
{
    private int _at;

    /// <summary>Kinds of a word.</summary>
    public enum Kind
    {
        End,
        Open,
        Close,
        And,
        Or,
        Not,
        Field,
        Term,
        Quoted,
    }

    /// <summary>One word with its place; a field comes with the sign that follows its name.</summary>
    public readonly record struct Word(Kind Kind, string Text, int At, int Length, string Sign = "");

    /// <summary>The next word.</summary>
    public Word Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        if (_at == text.Length) return new Word(Kind.End, "", _at, 0);
        var start = _at;
        switch (text[_at])
        {
            case '(' or '（':
                _at++;
                return new Word(Kind.Open, "(", start, 1);
            case ')' or '）':
                _at++;
                return new Word(Kind.Close, ")", start, 1);
            case '!' or '！':
                _at++;
                return new Word(Kind.Not, "!", start, 1);
            case '"' or '“' or '”':
                var quoted = Quoted();
                // A name that is no plain word stands in quotes itself: "odd name":value.
                return quoted.Length > 0 && _at < text.Length && text[_at] is ':' or '：' ? Field(quoted, start) : new Word(Kind.Quoted, quoted, start, _at - start);
        }
        if (string.CompareOrdinal(text, _at, "&&", 0, 2) == 0 || string.CompareOrdinal(text, _at, "||", 0, 2) == 0)
        {
            _at += 2;
            return new Word(text[start] == '&' ? Kind.And : Kind.Or, text[start.._at], start, 2);
        }
        return Plain(start);
    }

    /// <summary>What follows a field's colon: a quoted text, a range in brackets, or a word up to the next blank.</summary>
    public Word Value()
    {
        var start = _at;
        if (_at < text.Length && (text[_at] is '"' or '“' or '”')) return new Word(Kind.Quoted, Quoted(), start, _at - start);
        if (_at < text.Length && text[_at] == '[')
        {
            var end = text.IndexOf(']', _at);
            if (end < 0) throw new QueryException("query.range-open", "The range has no closing ']'.", start, text.Length - start);
            _at = end + 1;
            return new Word(Kind.Open, text[(start + 1)..end], start, _at - start);
        }
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not (')' or '）')) _at++;
        return new Word(Kind.Term, text[start.._at], start, _at - start);
    }

    private Word Plain(int start)
    {
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '（' or '）' or '"' or '“' or '”'))
        {
            // A field name ends with its colon or comparison; its value is read by itself.
            if ((text[_at] is ':' or '：' or '<' or '>' or '=') && IsName(text.AsSpan(start, _at - start))) return Field(text[start.._at], start);
            _at++;
        }
        var word = text[start.._at];
        var kind = word.Equals("and", StringComparison.OrdinalIgnoreCase) ? Kind.And : word.Equals("or", StringComparison.OrdinalIgnoreCase) ? Kind.Or : word.Equals("not", StringComparison.OrdinalIgnoreCase) ? Kind.Not : Kind.Term;
        return new Word(kind, word, start, _at - start);
    }

    private Word Field(string name, int start)
    {
        var sign = _at++;
        if ((text[sign] is '<' or '>') && _at < text.Length && text[_at] == '=') _at++;
        return new Word(Kind.Field, name, start, _at - start, text[sign.._at]);
    }

    /// <summary>A quotation is closed by its own kind, so that a value may hold quotes of the other.</summary>
    private string Quoted()
    {
        var start = _at++;
        var close = text[start] == '"' ? '"' : '”';
        var plain = new StringBuilder();
        while (_at < text.Length && text[_at] != close)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && Escaped(plain, close)) continue;
            plain.Append(text[_at++]);
        }
        if (_at >= text.Length) throw new QueryException("query.quote-open", $"The quotation has no end; add a '{close}'.", start, text.Length - start);
        _at++;
        return plain.ToString();
    }

    /// <summary>Only what can't be meant otherwise is an escape: <c>C:\new</c> keeps its backslash.</summary>
    private bool Escaped(StringBuilder plain, char close)
    {
        var next = text[_at + 1];
        if (next == close || next == '\\')
        {
            plain.Append(next);
            _at += 2;
            return true;
        }
        if (next != 'u' || _at + 2 >= text.Length || text[_at + 2] != '{') return false;
        var end = text.IndexOf('}', _at);
        if (end < 0 || end - _at > 9 || !int.TryParse(text.AsSpan((_at + 3)..end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF) return false;
        plain.Append(code > 0xFFFF ? char.ConvertFromUtf32(code) : ((char)code).ToString());
        _at = end + 1;
        return true;
    }

    /// <summary>True for a field name that needs no quotes.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsDigit(text[0])) return false;
        foreach (var c in text)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '_' or '-' or '@')) return false;
        return true;
    }
}
