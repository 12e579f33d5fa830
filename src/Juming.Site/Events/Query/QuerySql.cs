using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Query;

/// <summary>Turns a query into a condition with parameters. No user text ever becomes part of the SQL.</summary>
internal sealed class QuerySql
{
    /// <summary>Name of the database's function that says whether an address (second) lies in a range (first).</summary>
    public const string InRange = "jm_in_range";

    private StringBuilder _sql = new();
    private bool _beside;

    /// <summary>Values of the parameters $p0, $p1, …</summary>
    public List<object> Parameters { get; } = [];

    /// <summary>The condition for events whose fields with a column have one value each.</summary>
    public string Condition { get; private set; } = "TRUE";

    /// <summary>The condition for all events: it also looks at the values that stand beside the columns.</summary>
    public string Whole { get; private set; } = "TRUE";

    /// <summary>Marks of the columns that the query asks for, as <see cref="Columns.Mark"/> gives them; 0 when both conditions are the same.</summary>
    public int Marks { get; private set; }

    /// <summary>What must hold of a block's <see cref="Grams"/> so that something in it can fit; null when that says nothing.</summary>
    public string? Blocks { get; private init; }

    /// <summary>The condition of a query.</summary>
    public static QuerySql Of(QueryNode node)
    {
        var sql = new QuerySql { Blocks = QueryGrams.Of(node) };
        sql.Write(node);
        sql.Condition = sql.Whole = sql._sql.ToString();
        if (sql.Marks == 0) return sql;
        (sql._sql, sql._beside) = (new StringBuilder(), true);
        sql.Write(node);
        sql.Whole = sql._sql.ToString();
        return sql;
    }

    /// <summary>Conditions that together find everything in a segment, and nothing twice.</summary>
    /// <param name="marks">Marks of the columns that have values beside them in that segment.</param>
    public IEnumerable<string> Parts(int marks)
    {
        if ((Marks & marks) == 0) return [Condition];
        var first = Columns.FirstMark.ToString(CultureInfo.InvariantCulture);
        return [$"flags < {first} AND {Condition}", $"flags >= {first} AND {Whole}"];
    }

    private string Add(object value)
    {
        Parameters.Add(value);
        return "$p" + (Parameters.Count - 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A text as a parameter. The driver ends it at a NUL, so a NUL travels as a character that the text lacks.</summary>
    private string Text(string value)
    {
        if (!value.Contains('\0', StringComparison.Ordinal)) return Add(value);
        var substitute = '\ue000';
        while (value.Contains(substitute, StringComparison.Ordinal)) substitute++;
        return $"replace({Add(value.Replace('\0', substitute))}, {Add(substitute.ToString())}, chr(0))";
    }

    private void Write(QueryNode node)
    {
        switch (node)
        {
            case QueryNode.All:
                _sql.Append("TRUE");
                break;
            case QueryNode.And(var left, var right):
                Pair(left, "AND", right);
                break;
            case QueryNode.Or(var left, var right):
                Pair(left, "OR", right);
                break;
            case QueryNode.Not(var inner):
                _sql.Append("NOT coalesce(");
                Write(inner);
                _sql.Append(", FALSE)");
                break;
            case QueryNode.Words(var text, var exact):
                _sql.Append(Words("raw", text, exact));
                break;
            case QueryNode.Compare compare:
                WriteCompare(compare);
                break;
        }
    }

    private void Pair(QueryNode left, string word, QueryNode right)
    {
        _sql.Append('(');
        Write(left);
        _sql.Append(' ').Append(word).Append(' ');
        Write(right);
        _sql.Append(')');
    }

    private string Words(string column, string text, bool exact)
    {
        // Twice as fast as lowering every line first, and RE2 has no backtracking.
        var isPattern = HasCase(text) || (!exact && text.AsSpan().IndexOfAny('*', '?') >= 0);
        return isPattern ? $"regexp_matches({column}, {Add(WordPattern.Of(text, exact))})" : $"contains({column}, {Text(text)})";
    }

    private static bool HasCase(string text) => text.Any(c => char.IsLetter(c) && char.ToLowerInvariant(c) != char.ToUpperInvariant(c));

    private void WriteCompare(QueryNode.Compare compare)
    {
        if (compare is { Field: "jm.unparsed", How: Comparison.Equal })
        {
            // A flag of the event, not a field: 1 is EventFlags.Unparsed.
            _sql.Append(compare.Value.Equals("true", StringComparison.OrdinalIgnoreCase) ? "(flags & 1) = 1" : "(flags & 1) = 0");
            return;
        }
        if (compare.Field is "jm.source_id" or "line")
        {
            _sql.Append(Test(compare, compare.Field == "line" ? "line" : "source", ColumnKind.Long));
            return;
        }
        if (Columns.Find(compare.Field) is not { } column)
        {
            _sql.Append(Beside(compare));
            return;
        }
        Marks |= Columns.Mark(column);
        var first = InColumn(compare, column);
        _sql.Append(_beside ? $"({first} OR {Beside(compare)})" : first);
    }

    private string InColumn(QueryNode.Compare compare, Column column)
    {
        var name = $"\"{column.Name}\"";
        // A message that is the line's end has no copy in its column.
        if (column.Field == "message" && compare.How == Comparison.Equal) return $"({Words("raw", compare.Value, true)} OR coalesce({Words(name, compare.Value, true)}, FALSE))";
        if (column.Field == "message" && compare.How == Comparison.Wildcard) return $"(raw ILIKE {Text("%" + Like(compare.Value))} ESCAPE '\\' OR coalesce({Test(compare, name, column.Kind)}, FALSE))";
        var number = compare.Field switch { "source.ip" => "source_ip4", "destination.ip" => "destination_ip4", _ => null };
        if (number is null) return Test(compare, name, column.Kind);
        if (compare.How == Comparison.Equal && Address.TryParseAnyV4(Encoding.UTF8.GetBytes(compare.Value), out var address)) return $"{number} = {Add((long)address)}";
        if (compare.How != Comparison.Cidr || !Network.TryParse(compare.Value, out var network)) return Test(compare, name, column.Kind);
        if (network.BaseAddress.AddressFamily != AddressFamily.InterNetwork) return Test(compare, name, column.Kind);
        var (low, high) = Network.Span(network);
        return $"{number} BETWEEN {Add(low)} AND {Add(high)}";
    }

    /// <summary>The condition on the values of a field in the column that all fields without one share: any of them may fit.</summary>
    private string Beside(QueryNode.Compare compare)
    {
        // The separator was taken out of stored values; in a query it would reach into the next field.
        var field = compare.Field.Replace((char)EventAppender.Separator, ' ');
        if (compare.How == Comparison.Exists) return $"contains(more, {Text($"\u001f{field}=")})";
        if (compare.How == Comparison.Equal)
        {
            var entry = Text($"\u001f{field}={compare.Value.Replace((char)EventAppender.Separator, ' ')}\u001f");
            return $"contains(lower(more), lower({entry}))";
        }
        var values = $"regexp_extract_all(more, {Add("\u001f" + Literal(field) + "=([^\u001f]*)")}, 1)";
        return $"(contains(more, {Text($"\u001f{field}=")}) AND len(list_filter({values}, lambda v: {Test(compare, "v", ColumnKind.Text)})) > 0)";
    }

    /// <summary>The condition on one value.</summary>
    private string Test(QueryNode.Compare compare, string value, ColumnKind kind)
    {
        var isNumber = kind == ColumnKind.Long;
        var text = isNumber ? value + "::VARCHAR" : value;
        var number = isNumber ? value : $"try_cast({value} AS DOUBLE)";
        switch (compare.How)
        {
            case Comparison.Exists:
                return value + " IS NOT NULL";
            case Comparison.Cidr:
                // Only what looks like an address is handed to the function, which costs more than the look.
                var mark = Network.TryParse(compare.Value, out var network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? "'.'" : "':'";
                return $"(contains({text}, {mark}) AND {InRange}({Add(compare.Value)}, {text}))";
            case Comparison.Wildcard:
                return $"{text} ILIKE {Text(Like(compare.Value))} ESCAPE '\\'";
            case Comparison.Digest:
                return $"sha256({text}) = {Add(compare.Value)}";
            case Comparison.Equal when isNumber:
                return $"{value} = try_cast({Text(compare.Value)} AS BIGINT)";
            case Comparison.Equal:
                return HasCase(compare.Value) ? $"lower({value}) = lower({Text(compare.Value)})" : $"{value} = {Text(compare.Value)}";
            case Comparison.Between:
                return Between(compare, number);
            default:
                var sign = compare.How switch { Comparison.Less => "<", Comparison.LessOrEqual => "<=", Comparison.Greater => ">", _ => ">=" };
                return $"{number} {sign} {Add(double.Parse(compare.Value, CultureInfo.InvariantCulture))}";
        }
    }

    private string Between(QueryNode.Compare compare, string number)
    {
        var low = compare.Value.Length == 0 ? "TRUE" : $"{number} >= {Add(double.Parse(compare.Value, CultureInfo.InvariantCulture))}";
        var high = compare.Upper!.Length == 0 ? $"{number} IS NOT NULL" : $"{number} <= {Add(double.Parse(compare.Upper, CultureInfo.InvariantCulture))}";
        return $"({low} AND {high})";
    }

    private static string Literal(string text)
    {
        var pattern = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c)) pattern.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else pattern.Append(c);
        }
        return pattern.ToString();
    }

    private static string Like(string wildcard)
    {
        var like = new StringBuilder();
        foreach (var c in wildcard)
            like.Append(c switch { '*' => "%", '?' => "_", '%' => "\\%", '_' => "\\_", '\\' => "\\\\", _ => c.ToString() });
        return like.ToString();
    }
}
