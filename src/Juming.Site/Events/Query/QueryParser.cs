namespace Juming.Site.Events.Query;

/// <summary>
/// The query language: <c>source.ip:10.0.0.0/8 and (user.name:root or "failed password") not destination.port:[1 TO 1024]</c>.
/// Words side by side mean "and". Bounded in length, depth and terms.
/// </summary>
internal static class QueryParser
{
    private const int MostLength = 8192;
    private const int MostDepth = 50;
    private const int MostTerms = 200;
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>How a query is built on the outside.</summary>
    /// <param name="IsOr">Its alternatives stand in no brackets.</param>
    /// <param name="KeepTo">Where the condition before the last ends; 0 when there is none.</param>
    public readonly record struct Shape(bool IsOr, int KeepTo);

    /// <summary>Parses a query; an empty one means everything.</summary>
    /// <exception cref="QueryException">It can't be understood; the place is in it.</exception>
    public static QueryNode Parse(string text) => Parse(text, out _);

    /// <summary>Parses a query and tells its shape.</summary>
    /// <exception cref="QueryException">It can't be understood; the place is in it.</exception>
    public static QueryNode Parse(string text, out Shape shape)
    {
        shape = default;
        if (text.Length > MostLength) throw new QueryException("query.too-long", $"A query has at most {MostLength} characters.", MostLength, text.Length - MostLength);
        var reader = new Reader(new QueryWords(text));
        if (reader.IsEnd) return new QueryNode.All();
        var tree = reader.Or(0);
        shape = new Shape(tree is QueryNode.Or && reader.HasAlternatives, reader.KeepTo);
        return reader.IsEnd ? tree : throw reader.Unexpected();
    }

    private sealed class Reader
    {
        private readonly QueryWords _words;
        private QueryWords.Word _next;
        private int _terms;
        private int _end;

        public Reader(QueryWords words)
        {
            _words = words;
            _next = words.Next();
        }

        /// <summary>An "or" stands outside of all brackets.</summary>
        public bool HasAlternatives { get; private set; }

        /// <summary>End of the condition before the last one of the outermost chain.</summary>
        public int KeepTo { get; private set; }

        public bool IsEnd => _next.Kind == QueryWords.Kind.End;

        public QueryException Unexpected() => new("query.unexpected", IsEnd ? "The query ends where something is missing; complete it or remove the last word." : $"'{_next.Text}' does not belong here.", _next.At, Math.Max(1, _next.Length));

        public QueryNode Or(int depth)
        {
            var left = And(depth);
            while (_next.Kind == QueryWords.Kind.Or)
            {
                HasAlternatives |= depth == 0;
                Take();
                left = new QueryNode.Or(left, And(depth));
            }
            return left;
        }

        private QueryNode And(int depth)
        {
            if (depth == 0) KeepTo = 0;
            var left = Unary(depth);
            while (_next.Kind is QueryWords.Kind.And or QueryWords.Kind.Field or QueryWords.Kind.Term or QueryWords.Kind.Quoted or QueryWords.Kind.Open or QueryWords.Kind.Not)
            {
                var end = _end;
                if (_next.Kind == QueryWords.Kind.And) Take();
                if (depth == 0) KeepTo = end;
                left = new QueryNode.And(left, Unary(depth));
            }
            return left;
        }

        private QueryNode Unary(int depth)
        {
            if (depth > MostDepth) throw new QueryException("query.too-deep", $"Brackets and 'not' may be nested at most {MostDepth} times.", _next.At, 1);
            switch (_next.Kind)
            {
                case QueryWords.Kind.Not:
                    Take();
                    return new QueryNode.Not(Unary(depth + 1));
                case QueryWords.Kind.Open:
                    var open = _next;
                    Take();
                    var inner = Or(depth + 1);
                    if (_next.Kind != QueryWords.Kind.Close) throw new QueryException("query.bracket-open", "This bracket is not closed.", open.At, 1);
                    Take();
                    return inner;
                case QueryWords.Kind.Field or QueryWords.Kind.Term or QueryWords.Kind.Quoted:
                    if (++_terms > MostTerms) throw new QueryException("query.too-many-terms", $"A query has at most {MostTerms} terms.", _next.At, _next.Length);
                    return Term();
                default:
                    throw Unexpected();
            }
        }

        private QueryNode Term()
        {
            var word = _next;
            if (word.Kind != QueryWords.Kind.Field)
            {
                Take();
                return word is { Kind: QueryWords.Kind.Term, Text: "*" } ? new QueryNode.All() : new QueryNode.Words(word.Text, word.Kind == QueryWords.Kind.Quoted);
            }
            var value = _words.Value();
            if (value.Length == 0) throw new QueryException("query.no-value", $"Say which value '{word.Text}' should have, or '{word.Text}:*' for any.", word.At, word.Length);
            var node = Compare(word.Text, word.Sign, value);
            _next = value;
            Take();
            return node;
        }

        private static QueryNode Compare(string name, string sign, QueryWords.Word value)
        {
            if (value.Kind == QueryWords.Kind.Open) return Range(name, value);
            var how = sign switch
            {
                "<" => Comparison.Less,
                "<=" => Comparison.LessOrEqual,
                ">" => Comparison.Greater,
                ">=" => Comparison.GreaterOrEqual,
                _ => Comparison.Equal,
            };
            var text = value.Text;
            if (how == Comparison.Equal && value.Kind == QueryWords.Kind.Term)
            {
                foreach (var (mark, compared) in new[] { (">=", Comparison.GreaterOrEqual), ("<=", Comparison.LessOrEqual), (">", Comparison.Greater), ("<", Comparison.Less) })
                    if (text.StartsWith(mark, StringComparison.Ordinal) && text.Length > mark.Length) return new QueryNode.Compare(name, compared, Number(text[mark.Length..], value));
                if (text == "*") return new QueryNode.Compare(name, Comparison.Exists, "");
                if (IsRange(name, value)) return new QueryNode.Compare(name, Comparison.Cidr, text);
                if (text.Length == 65 && text[0] == '#' && !text.AsSpan(1).ContainsAnyExcept(HexDigits)) return new QueryNode.Compare(name, Comparison.Digest, text[1..].ToLowerInvariant());
                if (text.AsSpan().IndexOfAny('*', '?') >= 0) return new QueryNode.Compare(name, Comparison.Wildcard, text);
            }
            return new QueryNode.Compare(name, how, how == Comparison.Equal ? text : Number(text, value));
        }

        /// <summary>A range of addresses that is none must not quietly become a text that nothing equals.</summary>
        private static bool IsRange(string name, QueryWords.Word value)
        {
            var slash = value.Text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0) return false;
            if (Network.TryParse(value.Text, out _)) return true;
            var meant = name.Equals("ip", StringComparison.Ordinal) || name.EndsWith(".ip", StringComparison.Ordinal) ||
                (Network.TryAddress(value.Text[..slash], out _) && slash + 1 < value.Text.Length && !value.Text.AsSpan(slash + 1).ContainsAnyExceptInRange('0', '9'));
            return meant ? throw new QueryException("query.cidr", $"'{value.Text}' is no range of addresses; write it as 10.0.0.0/8 or 2001:db8::/32.", value.At, value.Length) : false;
        }

        private static QueryNode.Compare Range(string name, QueryWords.Word value)
        {
            var parts = value.Text.Split([" TO ", " to ", ".."], StringSplitOptions.TrimEntries);
            if (parts.Length != 2) throw new QueryException("query.range", "Write a range as [1 TO 1024].", value.At, value.Length);
            return new QueryNode.Compare(name, Comparison.Between, parts[0] == "*" ? "" : Number(parts[0], value), parts[1] == "*" ? "" : Number(parts[1], value));
        }

        private static string Number(string text, QueryWords.Word at) =>
            double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _) ? text : throw new QueryException("query.not-a-number", $"'{text}' is compared as a number, and is none.", at.At, at.Length);

        private void Take()
        {
            _end = _next.At + _next.Length;
            _next = _words.Next();
        }
    }
}
