using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Site.Response.Expressions;

/// <summary>Reads expressions by recursive descent, within bounds of depth and size.</summary>
internal sealed partial class Parser
{
    private const int MostDepth = 32;
    private const int MostTerms = 300;

    private static readonly HashSet<string> Signs = ["=", "==", "!=", "<", "<=", ">", ">=", "in", "contains", "starts-with", "matches-cidr"];

    private readonly List<Token> _tokens = [];
    private int _at, _depth, _terms;

    public Parser(string text)
    {
        if (text.Length > Expression.MostCharacters) throw Wrong(Expression.MostCharacters, "too-long");
        for (var position = 0; position < text.Length;)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }
            var token = Read(text, position);
            _tokens.Add(token);
            position += token.Length;
        }
        _tokens.Add(new Token("", "", text.Length, 0));
    }

    private Token Now => _tokens[_at];

    public Term Whole()
    {
        var term = Or();
        return Now.Kind.Length == 0 ? term : throw Wrong(Now.Position, "unexpected");
    }

    private Term Or()
    {
        var term = And();
        while (Now.Kind == "or") term = Join("or", term, And);
        return term;
    }

    private Term And()
    {
        var term = Not();
        while (Now.Kind == "and") term = Join("and", term, Not);
        return term;
    }

    private Term Join(string sign, Term left, Func<Term> right)
    {
        var position = _tokens[_at++].Position;
        return new Binary(sign, position, left, right());
    }

    private Term Not()
    {
        if (Now.Kind != "not") return Comparison();
        Deeper(1);
        _at++;
        var term = new Not(Not());
        Deeper(-1);
        return term;
    }

    private Term Comparison()
    {
        var left = Primary();
        var negated = Now.Kind == "not" && _tokens[_at + 1].Kind == "in";
        if (negated) _at++;
        if (!Signs.Contains(Now.Kind)) return left;
        var sign = Now.Kind == "==" ? "=" : Now.Kind;
        var term = Join(sign, left, Primary);
        return negated ? new Not(term) : term;
    }

    private Term Primary()
    {
        if (++_terms > MostTerms) throw Wrong(Now.Position, "too-complex");
        var token = Now;
        _at = token.Kind.Length == 0 ? _at : _at + 1;
        switch (token.Kind)
        {
            case "text": return new Constant(Value.Of(token.Text));
            case "number": return new Constant(Value.Of(decimal.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture)));
            case "true" or "false": return new Constant(Value.Of(token.Kind == "true"));
            case "variable": return new Reference(token.Text);
            case "count":
                if (Now.Kind != "(") throw Wrong(Now.Position, "bracket-missing");
                _at++;
                return new Count(Bracketed());
            case "(": return Bracketed();
            case "[": return List();
            default: throw Wrong(token.Position, token.Kind.Length == 0 ? "ends-early" : "unexpected");
        }
    }

    private Term Bracketed()
    {
        Deeper(1);
        var inner = Or();
        if (Now.Kind != ")") throw Wrong(Now.Position, "bracket-missing");
        _at++;
        Deeper(-1);
        return inner;
    }

    private Listed List()
    {
        Deeper(1);
        var items = new List<Term>();
        while (Now.Kind != "]")
        {
            items.Add(Primary());
            if (Now.Kind == ",") _at++;
            else if (Now.Kind != "]") throw Wrong(Now.Position, "bracket-missing");
        }
        _at++;
        Deeper(-1);
        return new Listed(items);
    }

    private void Deeper(int by)
    {
        _depth += by;
        if (_depth > MostDepth) throw Wrong(Now.Position, "too-complex");
    }

    private static Token Read(string text, int position)
    {
        if (text[position] is '\'' or '"') return Quoted(text, position);
        var match = Lexeme().Match(text, position);
        if (!match.Success) throw Wrong(position, "unexpected");
        var found = match.Value;
        if (match.Groups["variable"].Success) return new Token("variable", match.Groups["name"].Value, position, found.Length);
        if (match.Groups["number"].Success) return new Token("number", found, position, found.Length);
        var word = found.ToLowerInvariant();
        if (match.Groups["word"].Success && word is not ("and" or "or" or "not" or "true" or "false" or "count") && !Signs.Contains(word)) throw Wrong(position, "unknown-word");
        return new Token(word, found, position, found.Length);
    }

    private static Token Quoted(string text, int position)
    {
        var read = new StringBuilder();
        for (var i = position + 1; i < text.Length; i++)
        {
            if (text[i] == text[position]) return new Token("text", read.ToString(), position, i - position + 1);
            if (text[i] == '\\' && i + 1 < text.Length) i++;
            read.Append(text[i]);
        }
        throw Wrong(position, "quote-missing");
    }

    [GeneratedRegex(@"\G(?:(?<variable>(?<name>__[A-Za-z_][A-Za-z0-9_-]{0,199}?__):value)|(?<number>-?\d{1,18}(\.\d{1,9})?)|(?<word>[A-Za-z][A-Za-z-]{0,30})|==|!=|<=|>=|[=<>()\[\],])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Lexeme();

    private static ExpressionException Wrong(int position, string code) => new(new ExpressionError(position, code));

    private readonly record struct Token(string Kind, string Text, int Position, int Length);
}
