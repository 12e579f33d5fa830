using System.Globalization;

namespace Juming.Site.Detection.Sigma;

/// <summary>
/// Reads a condition: or, and, not, "x of pattern", parentheses, from least to most binding. Keywords in any case.
/// </summary>
internal sealed class ConditionParser
{
    private const int MaxTokens = 4000;
    private const int MaxDepth = 64;

    private readonly List<string> _tokens;
    private readonly IReadOnlyDictionary<string, Expression> _selections;
    private readonly int _line;
    private int _at;
    private int _depth;

    private ConditionParser(string text, IReadOnlyDictionary<string, Expression> selections, int line)
    {
        _line = line;
        _selections = selections;
        _tokens = Split(text);
    }

    /// <summary>Reads a condition over named selections.</summary>
    /// <exception cref="SigmaRefusedException">The condition can't be read, or names what is not there.</exception>
    public static Expression Parse(string text, IReadOnlyDictionary<string, Expression> selections, int line)
    {
        if (text.Contains('|')) throw new SigmaRefusedException(line, "condition: aggregation behind '|' is obsolete, write a correlation");
        var parser = new ConditionParser(text, selections, line);
        var result = parser.Or();
        if (parser._at < parser._tokens.Count) throw parser.Refused($"'{parser._tokens[parser._at]}' is not expected here");
        return result;
    }

    private Expression Or()
    {
        if (++_depth > MaxDepth) throw Refused($"nested deeper than {MaxDepth} levels");
        var parts = new List<Expression> { And() };
        while (Accept("or")) parts.Add(And());
        _depth--;
        return parts.Count == 1 ? parts[0] : new SomeOf(parts);
    }

    private Expression And()
    {
        var parts = new List<Expression> { Unary() };
        while (Accept("and")) parts.Add(Unary());
        return parts.Count == 1 ? parts[0] : new AllOf(parts);
    }

    private Expression Unary()
    {
        var negations = 0;
        while (Accept("not")) negations++;
        var inner = Primary();
        return (negations & 1) == 1 ? new NotOf(inner) : inner;
    }

    private Expression Primary()
    {
        if (_at >= _tokens.Count) throw Refused("ends early");
        var token = _tokens[_at++];
        if (token == "(")
        {
            var inner = Or();
            if (!Accept(")")) throw Refused("a ')' is missing");
            return inner;
        }
        if (_at < _tokens.Count && Is(_tokens[_at], "of")) return Quantified(token);
        if (_selections.TryGetValue(token, out var selection)) return selection;
        throw Refused(token is ")" || Is(token, "and") || Is(token, "or") || Is(token, "of") ? $"'{token}' is not expected here" : $"no selection is called '{token}'");
    }

    private Expression Quantified(string quantity)
    {
        _at++;
        if (_at >= _tokens.Count) throw Refused("ends after 'of'");
        var pattern = _tokens[_at++];
        var them = Is(pattern, "them");
        var named = _selections.Where(s => them ? !s.Key.StartsWith('_') : Fits(pattern, s.Key)).Select(s => s.Value).ToList();
        if (named.Count == 0) throw Refused($"no selection fits '{pattern}'");
        if (Is(quantity, "all")) return named.Count == 1 ? named[0] : new AllOf(named);
        if (Is(quantity, "any")) quantity = "1";
        if (!int.TryParse(quantity, NumberStyles.None, CultureInfo.InvariantCulture, out var least) || least < 1)
            throw Refused($"'{quantity} of' is neither a count nor 'all' nor 'any'");
        if (least > named.Count) throw Refused($"'{quantity} of {pattern}' can't hold: {(named.Count == 1 ? "one selection fits" : $"{named.Count} selections fit")} it");
        return named.Count == 1 && least == 1 ? named[0] : new SomeOf(named, least);
    }

    private static bool Fits(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, back = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                back = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++back;
            }
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private bool Accept(string word)
    {
        if (_at >= _tokens.Count || !Is(_tokens[_at], word)) return false;
        _at++;
        return true;
    }

    private static bool Is(string token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);

    private List<string> Split(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i])) i++;
            else if (text[i] is '(' or ')') tokens.Add(text[i++].ToString());
            else if (IsName(text[i]))
            {
                var start = i;
                while (i < text.Length && IsName(text[i])) i++;
                tokens.Add(text[start..i]);
            }
            else throw Refused($"the character '{text[i]}' is not expected");
            if (tokens.Count > MaxTokens) throw Refused($"more than {MaxTokens} words");
        }
        return tokens;
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '*';

    private SigmaRefusedException Refused(string reason) => new(_line, "condition: " + reason);
}
