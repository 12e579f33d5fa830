using System.Text;

namespace Juming.Contracts.Indicators;

/// <summary>
/// The part of STIX patterns that names values: comparisons by = and IN (ISSUBSET for networks) of addresses, names, URLs, mail addresses and hashes, joined by OR, hashes of one file by AND too. Everything
/// else (NOT, LIKE, MATCHES, sequences, repetitions, other conditions) would match more or less than it says without the rest, and is not understood.
/// </summary>
public ref struct StixPattern
{
    private const int Longest = 20_000;
    private const int Deepest = 16;
    private const int MostValues = 1000;

    private readonly ReadOnlySpan<char> _text;
    private readonly List<(string Value, IndicatorKind Kind)> _found;
    private int _at;

    private StixPattern(ReadOnlySpan<char> text, List<(string Value, IndicatorKind Kind)> found)
    {
        _text = text;
        _found = found;
    }

    /// <summary>The values of a pattern; null when it is not understood.</summary>
    public static List<(string Value, IndicatorKind Kind)>? Read(string pattern)
    {
        if (pattern.Length > Longest) return null;
        var reader = new StixPattern(pattern, []);
        return reader.Observations(0) && reader.End() && reader._found.Count is > 0 and <= MostValues ? reader._found : null;
    }

    private bool End()
    {
        Blanks();
        return _at == _text.Length;
    }

    // observation { OR observation }
    private bool Observations(int depth)
    {
        do
        {
            Blanks();
            if (depth > Deepest) return false;
            if (Take("("))
            {
                if (!Observations(depth + 1) || !Take(")")) return false;
            }
            else if (!Take("[") || !Comparisons(depth + 1, out _) || !Take("]")) return false;
        }
        while (Word("OR"));
        return true;
    }

    // comparison { (OR | AND) comparison }; AND only where all are hashes of one file.
    private bool Comparisons(int depth, out bool onlyHashes)
    {
        onlyHashes = true;
        if (depth > Deepest) return false;
        var joined = false;
        while (true)
        {
            bool hashes;
            if (Take("("))
            {
                if (!Comparisons(depth + 1, out hashes) || !Take(")")) return false;
            }
            else if (!Comparison(out hashes)) return false;
            onlyHashes &= hashes;
            if (joined && !onlyHashes) return false;
            if (Word("OR")) continue;
            if (!Word("AND")) return true;
            if (!onlyHashes) return false;
            joined = true;
        }
    }

    private bool Comparison(out bool isHash)
    {
        isHash = false;
        if (!Path(out var path)) return false;
        var kind = KindOf(path);
        isHash = kind is IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256;
        if (kind == IndicatorKind.None) return false;
        if (Take("=")) return Value(kind);
        if (Word("ISSUBSET")) return kind == IndicatorKind.Address && Value(kind);
        if (!Word("IN") || !Take("(")) return false;
        do
        {
            if (_found.Count > MostValues || !Value(kind)) return false;
        }
        while (Take(","));
        return Take(")");
    }

    private static IndicatorKind KindOf(string path) => path switch
    {
        "ipv4-addr:value" or "ipv6-addr:value" => IndicatorKind.Address,
        "domain-name:value" => IndicatorKind.Domain,
        "url:value" => IndicatorKind.Url,
        "email-addr:value" or "email-message:from_ref.value" or "email-message:sender_ref.value" => IndicatorKind.Email,
        "file:hashes.md5" or "artifact:hashes.md5" => IndicatorKind.Md5,
        "file:hashes.sha-1" or "file:hashes.sha1" or "artifact:hashes.sha-1" => IndicatorKind.Sha1,
        "file:hashes.sha-256" or "file:hashes.sha256" or "artifact:hashes.sha-256" => IndicatorKind.Sha256,
        _ => IndicatorKind.None,
    };

    /// <summary>type:property.'quoted' without its quotes, in lower case.</summary>
    private bool Path(out string path)
    {
        Blanks();
        var text = new StringBuilder();
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '_' or ':' or '.' or '\''))
        {
            if (_text[_at] != '\'') text.Append(char.ToLowerInvariant(_text[_at]));
            _at++;
        }
        path = text.ToString();
        return path.Length > 0;
    }

    private bool Value(IndicatorKind kind)
    {
        if (!Take("'")) return false;
        var text = new StringBuilder();
        for (; _at < _text.Length && _text[_at] != '\''; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\'' or '\\') _at++;
            text.Append(_text[_at]);
        }
        if (_at >= _text.Length) return false;
        _at++;
        _found.Add((text.ToString(), kind));
        return true;
    }

    private bool Take(string sign)
    {
        Blanks();
        if (!_text[_at..].StartsWith(sign, StringComparison.Ordinal)) return false;
        _at += sign.Length;
        return true;
    }

    private bool Word(string word)
    {
        Blanks();
        var rest = _text[_at..];
        if (!rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) || (rest.Length > word.Length && char.IsAsciiLetterOrDigit(rest[word.Length]))) return false;
        _at += word.Length;
        return true;
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }
}
