using System.Globalization;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>A condition of a recipe is not well formed.</summary>
internal sealed class ExpressionException(string reason) : Exception(reason);

/// <summary>
/// Conditions of recipes: comparisons, "in", not, and, or, over values of the run. Values are read, never parsed: what a page says can't become part of
/// a condition.
/// </summary>
internal sealed class Expression
{
    private const int MostTokens = 200;
    private readonly List<string> _tokens;
    private readonly Func<string, object?> _value;
    private int _at;

    private Expression(string text, Func<string, object?> value) => (_tokens, _value) = (Split(text), value);

    /// <summary>True when the condition holds.</summary>
    /// <exception cref="ExpressionException">It is not well formed.</exception>
    public static bool Holds(string text, Func<string, object?> value)
    {
        var expression = new Expression(text, value);
        var outcome = expression.Or();
        if (expression._at < expression._tokens.Count) throw new ExpressionException($"'{expression._tokens[expression._at]}' is not expected here.");
        return Truth(outcome);
    }

    private object? Or()
    {
        var left = And();
        while (Take("||"))
        {
            var right = And();
            left = Truth(left) || Truth(right);
        }
        return left;
    }

    private object? And()
    {
        var left = Compare();
        while (Take("&&"))
        {
            var right = Compare();
            left = Truth(left) && Truth(right);
        }
        return left;
    }

    private object? Compare()
    {
        var left = Single();
        if (Take("in"))
        {
            Expect("[");
            var inside = false;
            while (!Take("]"))
            {
                inside |= Same(left, Single());
                Take(",");
            }
            return inside;
        }
        foreach (var op in new[] { "==", "!=", "<=", ">=", "<", ">" })
        {
            if (!Take(op)) continue;
            var right = Single();
            if (op is "==" or "!=") return Same(left, right) == (op == "==");
            if (Number(left) is not { } a || Number(right) is not { } b) return false;
            return op switch { "<=" => a <= b, ">=" => a >= b, "<" => a < b, _ => a > b };
        }
        return left;
    }

    private object? Single()
    {
        if (Take("!")) return !Truth(Single());
        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        if (_at >= _tokens.Count) throw new ExpressionException("The condition ends too early.");
        var token = _tokens[_at++];
        if (token.StartsWith("${", StringComparison.Ordinal)) return _value(token[2..^1].Trim());
        if (token[0] is '\'' or '"') return token[1..^1];
        if (token is "true" or "false") return token == "true";
        return double.TryParse(token, CultureInfo.InvariantCulture, out var number) ? number : throw new ExpressionException($"'{token}' is not known.");
    }

    private bool Take(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token) return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token)) throw new ExpressionException($"'{token}' is expected.");
    }

    private static bool Truth(object? value) => value switch { null => false, bool truth => truth, string text => text.Length > 0 && text != "false", _ => true };

    private static bool Same(object? a, object? b) => Number(a) is { } x && Number(b) is { } y ? x.Equals(y) : string.Equals(Text(a), Text(b), StringComparison.Ordinal);

    private static double? Number(object? value) => value switch { double number => number, int number => number, string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number, _ => null };

    private static string Text(object? value) => value switch { null => "", bool truth => truth ? "true" : "false", _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" };

    private static List<string> Split(string text)
    {
        var tokens = new List<string>();
        var i = 0;
        while (i < text.Length)
        {
            if (tokens.Count > MostTokens) throw new ExpressionException("The condition is too long.");
            if (char.IsWhiteSpace(text[i])) { i++; continue; }
            var end = EndOf(text, i);
            tokens.Add(text[i..end]);
            i = end;
        }
        return tokens;
    }

    private static int EndOf(string text, int i)
    {
        var (c, closing) = (text[i], text.AsSpan(i).StartsWith("${") ? '}' : text[i] is '\'' or '"' ? text[i] : '\0');
        if (closing != '\0')
        {
            var end = text.IndexOf(closing, i + 1);
            return end >= 0 ? end + 1 : throw new ExpressionException($"'{c}' is not closed.");
        }
        if (i + 1 < text.Length && text.AsSpan(i, 2) is "&&" or "||" or "==" or "!=" or "<=" or ">=") return i + 2;
        if ("!<>()[],".Contains(c, StringComparison.Ordinal)) return i + 1;
        var at = i;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && !"!<>()[],=&|".Contains(text[at], StringComparison.Ordinal)) at++;
        return at > i ? at : throw new ExpressionException($"'{c}' is not known.");
    }
}
