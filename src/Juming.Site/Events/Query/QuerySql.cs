using System.Globalization;
using System.Net;
using System.Text;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Query;

/// <summary>Turns a query into a condition with parameters. No user text ever becomes part of the SQL.</summary>
internal sealed class QuerySql
{
    private readonly StringBuilder _sql = new();

    /// <summary>Values of the parameters $p0, $p1, …</summary>
    public List<object> Parameters { get; } = [];

    /// <summary>The condition.</summary>
    public string Condition => _sql.ToString();

    /// <summary>The condition of a query.</summary>
    public static QuerySql Of(QueryNode node)
    {
        var sql = new QuerySql();
        sql.Write(node);
        return sql;
    }

    private string Add(object value)
    {
        Parameters.Add(value);
        return "$p" + (Parameters.Count - 1).ToString(CultureInfo.InvariantCulture);
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
            case QueryNode.Words(var text):
                WriteWords(text);
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

    private void WriteWords(string text)
    {
        if (text.AsSpan().IndexOfAny('*', '?') >= 0 && !text.Contains(' ', StringComparison.Ordinal)) _sql.Append("raw ILIKE ").Append(Add("%" + Like(text) + "%")).Append(" ESCAPE '\\'");
        // Twice as fast as lowering every line first; the pattern is a literal, and RE2 has no backtracking.
        else if (HasCase(text)) _sql.Append("regexp_matches(raw, ").Append(Add(Literal(text))).Append(", 'i')");
        else _sql.Append("contains(raw, ").Append(Add(text)).Append(')');
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
        var fixedName = compare.Field switch { "jm.source_id" => "source", "line" => "line", _ => null };
        var column = Columns.Find(compare.Field);
        if (fixedName is null && column is null && compare.How is Comparison.Equal)
        {
            // Most fields without a column are asked for by value: one search in the shared column, no cutting.
            _sql.Append("contains(lower(more), ").Append(Add($"\u001f{compare.Field}={compare.Value}\u001f".ToLowerInvariant())).Append(')');
            return;
        }
        var text = fixedName ?? (column is not null ? $"\"{column.Name}\"" : $"regexp_extract(more, {Add("\u001f" + System.Text.RegularExpressions.Regex.Escape(compare.Field) + "=([^\u001f]*)")}, 1)");
        var isNumber = fixedName is not null || column?.Kind == ColumnKind.Long;
        switch (compare.How)
        {
            case Comparison.Exists:
                _sql.Append(column is null && fixedName is null ? $"contains(more, {Add($"\u001f{compare.Field}=")})" : $"{text} IS NOT NULL");
                break;
            case Comparison.Cidr:
                WriteCidr(compare, text);
                break;
            case Comparison.Wildcard:
                _sql.Append(isNumber ? $"{text}::VARCHAR" : text).Append(" ILIKE ").Append(Add(Like(compare.Value))).Append(" ESCAPE '\\'");
                break;
            case Comparison.Equal when isNumber:
                _sql.Append(text).Append(" = try_cast(").Append(Add(compare.Value)).Append(" AS BIGINT)");
                break;
            case Comparison.Equal:
                WriteEqual(compare, text);
                break;
            case Comparison.Between:
                WriteBetween(compare, isNumber ? text : $"try_cast({text} AS DOUBLE)");
                break;
            default:
                var sign = compare.How switch { Comparison.Less => "<", Comparison.LessOrEqual => "<=", Comparison.Greater => ">", _ => ">=" };
                _sql.Append(isNumber ? text : $"try_cast({text} AS DOUBLE)").Append(' ').Append(sign).Append(' ').Append(Add(double.Parse(compare.Value, CultureInfo.InvariantCulture)));
                break;
        }
    }

    private void WriteEqual(QueryNode.Compare compare, string text)
    {
        if (compare.Field is "source.ip" or "destination.ip" && Address.TryParseV4(Encoding.ASCII.GetBytes(compare.Value), out var address)) _sql.Append(compare.Field == "source.ip" ? "source_ip4" : "destination_ip4").Append(" = ").Append(Add((long)address));
        else if (compare.Field == "message") WriteWords(compare.Value);
        else if (HasCase(compare.Value)) _sql.Append("lower(").Append(text).Append(") = ").Append(Add(compare.Value.ToLowerInvariant()));
        else _sql.Append(text).Append(" = ").Append(Add(compare.Value));
    }

    private void WriteBetween(QueryNode.Compare compare, string text)
    {
        _sql.Append('(').Append(compare.Value.Length == 0 ? "TRUE" : $"{text} >= {Add(double.Parse(compare.Value, CultureInfo.InvariantCulture))}");
        _sql.Append(" AND ").Append(compare.Upper!.Length == 0 ? $"{text} IS NOT NULL" : $"{text} <= {Add(double.Parse(compare.Upper, CultureInfo.InvariantCulture))}").Append(')');
    }

    private void WriteCidr(QueryNode.Compare compare, string text)
    {
        var network = IPNetwork.Parse(compare.Value);
        if (network.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
            throw new QueryException("query.cidr-v6", "Ranges of IPv6 addresses are written with a wildcard, such as 2001:db8:*.", 0, 1);
        var bytes = network.BaseAddress.GetAddressBytes();
        var first = ((long)bytes[0] << 24) | ((long)bytes[1] << 16) | ((long)bytes[2] << 8) | bytes[3];
        var last = first + (1L << (32 - network.PrefixLength)) - 1;
        if (compare.Field is "source.ip" or "destination.ip")
            _sql.Append(compare.Field == "source.ip" ? "source_ip4" : "destination_ip4").Append(" BETWEEN ").Append(Add(first)).Append(" AND ").Append(Add(last));
        else
        {
            string Part(int n) => $"try_cast(split_part({text}, '.', {n.ToString(CultureInfo.InvariantCulture)}) AS BIGINT)";
            _sql.Append(CultureInfo.InvariantCulture, $"({Part(1)} * 16777216 + {Part(2)} * 65536 + {Part(3)} * 256 + {Part(4)} BETWEEN {Add(first)} AND {Add(last)})");
        }
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
