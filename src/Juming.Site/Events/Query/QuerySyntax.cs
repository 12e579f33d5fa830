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

    /// <summary>Text anywhere in the raw line; stars and question marks are themselves where it is exact.</summary>
    public sealed record Words(string Text, bool Exact) : QueryNode;

    /// <summary>A field compared with a value.</summary>
    public sealed record Compare(string Field, Comparison How, string Value, string? Upper = null) : QueryNode;
}

/// <summary>How a field is compared.</summary>
internal enum Comparison
{
    Equal,

    /// <summary>The SHA-256 of the whole value, for values too long to stand in a query.</summary>
    Digest,
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
