using Juming.Site.Events.Query;

namespace Juming.Site.Events;

/// <summary>What a search says, for modules that say it in a language of their own.</summary>
public abstract record SearchTerm
{
    /// <summary>All of them.</summary>
    public sealed record AllOf(IReadOnlyList<SearchTerm> Terms) : SearchTerm;

    /// <summary>Any of them.</summary>
    public sealed record AnyOf(IReadOnlyList<SearchTerm> Terms) : SearchTerm;

    /// <summary>Not this.</summary>
    public sealed record Not(SearchTerm Term) : SearchTerm;

    /// <summary>Every event.</summary>
    public sealed record Everything : SearchTerm;

    /// <summary>Text anywhere in the raw line; stars and question marks are themselves where it is exact.</summary>
    public sealed record Words(string Text, bool Exact) : SearchTerm;

    /// <summary>A field and what is asked of it.</summary>
    public sealed record Field(string Name, SearchTest Test, string Value, string? Upper = null) : SearchTerm;

    /// <summary>Reads a search.</summary>
    /// <exception cref="SearchQueryException">It can't be understood.</exception>
    public static SearchTerm Read(string query)
    {
        try
        {
            return Of(QueryParser.Parse(query));
        }
        catch (QueryException e)
        {
            throw new SearchQueryException(e.Code, e.Message, e.Position, e.Length);
        }
    }

    private static SearchTerm Of(QueryNode node) => node switch
    {
        QueryNode.And and => new AllOf([.. Parts(and, n => n is QueryNode.And(var left, var right) ? (left, right) : null)]),
        QueryNode.Or or => new AnyOf([.. Parts(or, n => n is QueryNode.Or(var left, var right) ? (left, right) : null)]),
        QueryNode.Not(var inner) => new Not(Of(inner)),
        QueryNode.Words(var text, var exact) => new Words(text, exact),
        QueryNode.Compare(var field, var how, var value, var upper) => new Field(field, (SearchTest)how, value, upper),
        _ => new Everything(),
    };

    /// <summary>The members of a chain in their order. A chain is as deep as it is long, so it is not walked by calling itself.</summary>
    private static IEnumerable<SearchTerm> Parts(QueryNode chain, Func<QueryNode, (QueryNode Left, QueryNode Right)?> halves)
    {
        var open = new Stack<QueryNode>([chain]);
        while (open.TryPop(out var next))
            if (halves(next) is { } pair)
            {
                open.Push(pair.Right);
                open.Push(pair.Left);
            }
            else yield return Of(next);
    }
}

/// <summary>What is asked of a field.</summary>
public enum SearchTest
{
    /// <summary>It is the value.</summary>
    Is = Comparison.Equal,

    /// <summary>The SHA-256 of the whole value is this one.</summary>
    Digest = Comparison.Digest,

    /// <summary>It fits a pattern with stars and question marks.</summary>
    Like = Comparison.Wildcard,

    /// <summary>It is there.</summary>
    Exists = Comparison.Exists,

    /// <summary>It is an address of a range.</summary>
    InRange = Comparison.Cidr,

    /// <summary>It is a smaller number.</summary>
    Less = Comparison.Less,

    /// <summary>It is no greater number.</summary>
    LessOrEqual = Comparison.LessOrEqual,

    /// <summary>It is a greater number.</summary>
    Greater = Comparison.Greater,

    /// <summary>It is no smaller number.</summary>
    GreaterOrEqual = Comparison.GreaterOrEqual,

    /// <summary>It is a number between the value and the upper one, both included; an empty one is no bound.</summary>
    Between = Comparison.Between,
}
