namespace Juming.Site.Events.Query;

/// <summary>What the query says, as a tree.</summary>
internal abstract record QueryNode
{
    /// <summary>Both.</summary>
    public sealed record And(QueryNode Left, QueryNode Right) : QueryNode;

    /// <summary>Either.</summary>
    public sealed record Or(QueryNode Left, QueryNode Right) : QueryNode;

    /// <summary>Not.</summary>
    public sealed record Not(QueryNode Inner) : QueryNode;

    /// <summary>Everything.</summary>
    public sealed record All : QueryNode;

    /// <summary>Text anywhere in the raw line.</summary>
    public sealed record Words(string Text) : QueryNode;

    /// <summary>A field compared with a value.</summary>
    public sealed record Compare(string Field, Comparison How, string Value, string? Upper = null) : QueryNode;
}

/// <summary>How a field is compared.</summary>
internal enum Comparison
{
    Equal,
    Wildcard,
    Exists,
    Cidr,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
}

/// <summary>The query can't be understood.</summary>
/// <param name="code">Stable code of the reason.</param>
/// <param name="message">English sentence that says what to do.</param>
/// <param name="position">First character of the trouble, 0-based.</param>
/// <param name="length">Characters of it.</param>
internal sealed class QueryException(string code, string message, int position, int length) : Exception(message)
{
    public string Code { get; } = code;

    public int Position { get; } = position;

    public int Length { get; } = length;
}

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
        Term,
        Quoted,
    }

    /// <summary>One word with its place.</summary>
    public readonly record struct Word(Kind Kind, string Text, int At, int Length);

    /// <summary>The text.</summary>
    public string Text => text;

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
                return new Word(Kind.Quoted, Quoted(), start, _at - start);
        }
        if (string.CompareOrdinal(text, _at, "&&", 0, 2) == 0 || string.CompareOrdinal(text, _at, "||", 0, 2) == 0)
        {
            _at += 2;
            return new Word(text[start] == '&' ? Kind.And : Kind.Or, text[start.._at], start, 2);
        }
        var word = Term();
        var kind = word.Equals("and", StringComparison.OrdinalIgnoreCase) ? Kind.And : word.Equals("or", StringComparison.OrdinalIgnoreCase) ? Kind.Or : word.Equals("not", StringComparison.OrdinalIgnoreCase) ? Kind.Not : Kind.Term;
        return new Word(kind, word, start, _at - start);
    }

    /// <summary>What follows a field's colon: a quoted text, a range in brackets, or a word up to the next blank.</summary>
    public Word Value()
    {
        var start = _at;
        if (_at < text.Length && (text[_at] is '"' or '“')) return new Word(Kind.Quoted, Quoted(), start, _at - start);
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

    private string Term()
    {
        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '（' or '）' or '"' or '“' or '”'))
        {
            // A field name ends with its colon or comparison; its value is read by itself.
            if ((text[_at] is ':' or '：' or '<' or '>' or '=') && IsName(text.AsSpan(start, _at - start))) break;
            _at++;
        }
        if (_at < text.Length && _at > start && (text[_at] is ':' or '：' or '<' or '>' or '='))
        {
            _at++;
            if ((text[_at - 1] is '<' or '>') && _at < text.Length && text[_at] == '=') _at++;
        }
        if (_at == start) _at++;
        return text[start.._at];
    }

    private string Quoted()
    {
        var start = _at++;
        var plain = new System.Text.StringBuilder();
        while (_at < text.Length && text[_at] is not ('"' or '”' or '“'))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && (text[_at + 1] is '"' or '\\')) _at++;
            if (_at < text.Length) plain.Append(text[_at++]);
        }
        if (_at >= text.Length) throw new QueryException("query.quote-open", "The quotation has no end; add a '\"'.", start, text.Length - start);
        _at++;
        return plain.ToString();
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsDigit(text[0])) return false;
        foreach (var c in text)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '_' or '-' or '@')) return false;
        return true;
    }
}
