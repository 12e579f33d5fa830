namespace Juming.Site.Response.Expressions;

/// <summary>Where an expression is wrong, and why.</summary>
/// <param name="Position">First character of the trouble, 0-based.</param>
/// <param name="Code">Stable code; resources hold its sentence.</param>
internal sealed record ExpressionError(int Position, string Code)
{
    /// <summary>The position as people count, from 1.</summary>
    public string Place => (Position + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An expression can't be read or has no value.</summary>
internal sealed class ExpressionException(ExpressionError error) : Exception($"{error.Code} at {error.Place}")
{
    public ExpressionError Error { get; } = error;
}

/// <summary>
/// A condition on variables: comparisons, and, or, not, in, contains, matches-cidr, count. It reads values and nothing else; its length, depth and
/// work are bounded, so that no text can hold up or harm the process.
/// </summary>
internal sealed class Expression
{
    public const int MostCharacters = 2000;

    private readonly Term _root;

    private Expression(Term root) => _root = root;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It can't be read.</exception>
    public static Expression Parse(string text) => new(new Parser(text).Whole());

    /// <summary>What is wrong with a text; null when it is an expression.</summary>
    public static ExpressionError? Check(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (ExpressionException e)
        {
            return e.Error;
        }
    }

    /// <summary>Variables that an expression reads; none when it can't be read.</summary>
    public static IReadOnlyCollection<string> VariablesOf(string text)
    {
        if (text.Length == 0 || Check(text) is not null) return [];
        var names = new HashSet<string>();
        Parse(text)._root.Collect(names);
        return names;
    }

    /// <summary>Whether it holds. <paramref name="read"/> gives the value of a variable, null when there is none: it counts as empty.</summary>
    /// <exception cref="ExpressionException">A value does not fit, such as a word that is compared as a number.</exception>
    public bool Holds(Func<string, string?> read) => _root.Evaluate(read).IsTrue;
}
