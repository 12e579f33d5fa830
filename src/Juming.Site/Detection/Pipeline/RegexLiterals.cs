using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Site.Detection.Pipeline;

/// <summary>
/// Finds literals of which one must occur in every text that a regular expression matches, so that the expression is tried only where a scan has
/// found one. Understands the part of the syntax that rules use; whatever it does not understand yields nothing, never a wrong literal.
/// </summary>
internal sealed class RegexLiterals
{
    private const int MinLength = 3;
    private const int MostLiterals = 64;

    private readonly string _pattern;
    private int _at;

    private RegexLiterals(string pattern) => _pattern = pattern;

    /// <summary>Literals in lower case, or null where none are sure.</summary>
    public static IReadOnlyList<byte[]>? Of(string pattern, RegexOptions options)
    {
        if ((options & RegexOptions.IgnorePatternWhitespace) != 0 || pattern.Contains("(?#", StringComparison.Ordinal) || pattern.Contains("(?(", StringComparison.Ordinal) || FreeSpacing(pattern)) return null;
        var reader = new RegexLiterals(pattern);
        var found = reader.Alternatives(0);
        if (found is null || reader._at != pattern.Length || found.Count > MostLiterals) return null;
        return [.. found.Distinct().Select(f => Bytes.Lower(Encoding.UTF8.GetBytes(f)))];
    }

    /// <summary>True when some inline option may switch comments and blanks on.</summary>
    private static bool FreeSpacing(string pattern)
    {
        for (var i = pattern.IndexOf("(?", StringComparison.Ordinal); i >= 0; i = pattern.IndexOf("(?", i + 2, StringComparison.Ordinal))
            for (var j = i + 2; j < pattern.Length && (char.IsAsciiLetter(pattern[j]) || pattern[j] == '-'); j++)
                if (pattern[j] == 'x') return true;
        return false;
    }

    /// <summary>One set per branch; all branches need one, or there is none.</summary>
    private List<string>? Alternatives(int depth)
    {
        List<string>? all = [];
        while (true)
        {
            var branch = Sequence(depth);
            if (all is not null && branch is not null) all.AddRange(branch);
            else all = null;
            if (_at >= _pattern.Length || _pattern[_at] != '|') return all;
            _at++;
        }
    }

    private List<string>? Sequence(int depth)
    {
        List<string>? best = null;
        var run = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char? literal = null;
            List<string>? inner = null;
            var c = _pattern[_at];
            if (c == '\\') literal = Escape();
            else if (c == '[') SkipClass();
            else if (c == '(')
            {
                if (depth > 20) return Abandon();
                inner = Group(depth);
            }
            else
            {
                _at++;
                if (c is not ('.' or '^' or '$')) literal = c;
            }
            var (least, most) = Quantifier();
            if (literal is { } l && least >= 1 && l < 128)
            {
                run.Append(l);
                if (least != 1 || most != 1) Flush(run, ref best);
                continue;
            }
            // ^, $ and \b take no room, but a run that goes on behind them would still be right; ending it is merely cautious.
            Flush(run, ref best);
            if (inner is not null && least >= 1) Prefer(inner, ref best);
        }
        Flush(run, ref best);
        return best;
    }

    private List<string>? Group(int depth)
    {
        _at++;
        var looks = false;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _at++;
            if (_at < _pattern.Length && _pattern[_at] is '=' or '!' || Ahead("<=") || Ahead("<!")) looks = true;
            if (_pattern[_at] is '<' or '\'' && !looks) while (_at < _pattern.Length && _pattern[_at] is not ('>' or '\'')) _at++;
            while (_at < _pattern.Length && _pattern[_at] is not (':' or ')' or '>' or '=' or '!')) _at++;
            if (_at < _pattern.Length && _pattern[_at] == ')')
            {
                _at++;
                return null;
            }
            _at++;
        }
        var inner = Alternatives(depth + 1);
        if (_at < _pattern.Length && _pattern[_at] == ')') _at++;
        else Abandon();
        return looks ? null : inner;
    }

    private bool Ahead(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;

    private char? Escape()
    {
        if (_at + 1 >= _pattern.Length)
        {
            Abandon();
            return null;
        }
        var c = _pattern[_at + 1];
        _at += 2;
        if (!char.IsAsciiLetterOrDigit(c)) return c;
        switch (c)
        {
            case 'x': _at += 2; break;
            case 'u': _at += 4; break;
            case 'c': _at += 1; break;
            case 'p' or 'P' or 'k':
                while (_at < _pattern.Length && _pattern[_at] is not ('}' or '>' or '\'')) _at++;
                _at++;
                break;
        }
        return null;
    }

    private void SkipClass()
    {
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '^') _at++;
        if (_at < _pattern.Length && _pattern[_at] == ']') _at++;
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            // A class within a class is .NET's subtraction; too rare to follow.
            if (_pattern[_at] == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '[')
            {
                Abandon();
                return;
            }
            _at += _pattern[_at] == '\\' ? 2 : 1;
        }
        _at++;
    }

    private (int Least, int Most) Quantifier()
    {
        var result = (1, 1);
        if (_at >= _pattern.Length) return result;
        switch (_pattern[_at])
        {
            case '*': result = (0, int.MaxValue); _at++; break;
            case '+': result = (1, int.MaxValue); _at++; break;
            case '?': result = (0, 1); _at++; break;
            case '{':
                {
                    var end = _pattern.IndexOf('}', _at);
                    var parts = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
                    if (parts.Length is 0 or > 2 || !int.TryParse(parts[0], out var least)) return result;
                    var most = parts.Length == 1 ? least : int.TryParse(parts[1], out var m) ? m : int.MaxValue;
                    result = (least, most);
                    _at = end + 1;
                    break;
                }
            default: return result;
        }
        if (_at < _pattern.Length && _pattern[_at] is '?' or '+') _at++;
        return result;
    }

    private static void Flush(StringBuilder run, ref List<string>? best)
    {
        if (run.Length >= MinLength) Prefer([run.ToString()], ref best);
        run.Clear();
    }

    private static void Prefer(List<string> candidate, ref List<string>? best)
    {
        if (candidate.Count > 0 && (best is null || Worth(candidate) > Worth(best))) best = candidate;
    }

    private static double Worth(List<string> literals) => literals.Min(l => l.Length) - literals.Count / 8.0;

    /// <summary>Gives the whole expression up.</summary>
    private List<string>? Abandon()
    {
        _at = _pattern.Length + 1000;
        return null;
    }
}
