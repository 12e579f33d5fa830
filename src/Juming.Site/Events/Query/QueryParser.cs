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

    /// <summary>Parses a query; an empty one means everything.</summary>
    /// <exception cref="QueryException">It can't be understood; the place is in it.</exception>
    public static QueryNode Parse(string text)
    {
        if (text.Length > MostLength) throw new QueryException("query.too-long", $"A query has at most {MostLength} characters.", MostLength, text.Length - MostLength);
        var reader = new Reader(new QueryWords(text));
        if (reader.IsEnd) return new QueryNode.All();
        var tree = reader.Or(0);
        return reader.IsEnd ? tree : throw reader.Unexpected();
    }

    private sealed class Reader
    {
        private readonly QueryWords _words;
        private QueryWords.Word _next;
        private int _terms;

        public Reader(QueryWords words)
        {
            _words = words;
            _next = words.Next();
        }

        public bool IsEnd => _next.Kind == QueryWords.Kind.End;

        public QueryException Unexpected() => new("query.unexpected", IsEnd ? "The query ends where something is missing; complete it or remove the last word." : $"'{_next.Text}' does not belong here.", _next.At, Math.Max(1, _next.Length));

        public QueryNode Or(int depth)
        {
            var left = And(depth);
            while (_next.Kind == QueryWords.Kind.Or)
            {
                Take();
                left = new QueryNode.Or(left, And(depth));
            }
            return left;
        }

        private QueryNode And(int depth)
        {
            var left = Unary(depth);
            while (_next.Kind is QueryWords.Kind.And or QueryWords.Kind.Term or QueryWords.Kind.Quoted or QueryWords.Kind.Open or QueryWords.Kind.Not)
            {
                if (_next.Kind == QueryWords.Kind.And) Take();
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
                case QueryWords.Kind.Term or QueryWords.Kind.Quoted:
                    if (++_terms > MostTerms) throw new QueryException("query.too-many-terms", $"A query has at most {MostTerms} terms.", _next.At, _next.Length);
                    return Term();
                default:
                    throw Unexpected();
            }
        }

        private QueryNode Term()
        {
            var word = _next;
            var text = word.Text;
            if (word.Kind == QueryWords.Kind.Quoted || text[^1] is not (':' or '：' or '<' or '>' or '=') || text.Length < 2)
            {
                Take();
                return text is "*" && word.Kind == QueryWords.Kind.Term ? new QueryNode.All() : new QueryNode.Words(text);
            }
            var name = text.TrimEnd(':', '：', '<', '>', '=');
            var sign = text[name.Length..];
            var value = _words.Value();
            if (value.Length == 0) throw new QueryException("query.no-value", $"Say which value '{name}' should have, or '{name}:*' for any.", word.At, word.Length);
            var node = Compare(name, sign, value);
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
                if (text.Contains('/', StringComparison.Ordinal) && System.Net.IPNetwork.TryParse(text, out _)) return new QueryNode.Compare(name, Comparison.Cidr, text);
                if (text.AsSpan().IndexOfAny('*', '?') >= 0) return new QueryNode.Compare(name, Comparison.Wildcard, text);
            }
            return new QueryNode.Compare(name, how, how == Comparison.Equal ? text : Number(text, value));
        }

        private static QueryNode.Compare Range(string name, QueryWords.Word value)
        {
            var parts = value.Text.Split([" TO ", " to ", ".."], StringSplitOptions.TrimEntries);
            if (parts.Length != 2) throw new QueryException("query.range", "Write a range as [1 TO 1024].", value.At, value.Length);
            return new QueryNode.Compare(name, Comparison.Between, parts[0] == "*" ? "" : Number(parts[0], value), parts[1] == "*" ? "" : Number(parts[1], value));
        }

        private static string Number(string text, QueryWords.Word at) =>
            double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _) ? text : throw new QueryException("query.not-a-number", $"'{text}' is compared as a number, and is none.", at.At, at.Length);

        private void Take() => _next = _words.Next();
    }
}
