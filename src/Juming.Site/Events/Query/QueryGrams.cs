using System.Globalization;
using System.Text;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Query;

/// <summary>What must hold of a block's bits so that a query can find something in it.</summary>
internal static class QueryGrams
{
    // More bits than these hardly ever rule out one block more.
    private const int MostBits = 48;

    /// <summary>The condition on the column <c>bits</c>; null when every block may hold something.</summary>
    public static string? Of(QueryNode node) => node switch
    {
        QueryNode.And(var left, var right) => (Of(left), Of(right)) switch
        {
            (null, var only) => only,
            (var only, null) => only,
            var (both, also) => $"({both} AND {also})",
        },
        QueryNode.Or(var left, var right) => Of(left) is { } one && Of(right) is { } other ? $"({one} OR {other})" : null,
        QueryNode.Words(var text, var exact) => OfWords(text, exact),
        _ => null,
    };

    private static string? OfWords(string text, bool exact)
    {
        var bits = new SortedSet<int>();
        var run = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (WordPattern.IsFixed(rune) && (exact || rune.Value is not ('*' or '?')))
            {
                run.Append(rune.ToString());
                continue;
            }
            Add();
        }
        Add();
        return bits.Count == 0 ? null : "(" + string.Join(" AND ", bits.Take(MostBits).Select(b => string.Create(CultureInfo.InvariantCulture, $"get_bit(bits::BIT, {b}) = 1"))) + ")";

        void Add()
        {
            bits.UnionWith(Grams.Of(Encoding.UTF8.GetBytes(run.ToString())));
            run.Clear();
        }
    }
}

/// <summary>
/// Patterns for RE2 that find a text in either case. An ASCII letter stands for its two cases and nothing else, so that its bytes are known.
/// </summary>
internal static class WordPattern
{
    /// <summary>True when a character is found as these bytes only, an ASCII letter in its two cases.</summary>
    public static bool IsFixed(Rune rune) => rune.IsAscii || (rune != Rune.ReplacementChar && (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter || Rune.IsPunctuation(rune)));

    /// <summary>The pattern of a text; stars and question marks stand for others where it is not exact.</summary>
    public static string Of(string text, bool exact)
    {
        var pattern = new StringBuilder("(?s)");
        var isAny = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var star = !exact && rune.Value == '*';
            // Several stars say no more than one.
            if (star && isAny) continue;
            isAny = star;
            if (star) pattern.Append(".*");
            else if (!exact && rune.Value == '?') pattern.Append('.');
            else Append(pattern, rune);
        }
        return pattern.ToString();
    }

    private static void Append(StringBuilder pattern, Rune rune)
    {
        if (Rune.IsLetter(rune) && rune.IsAscii) pattern.Append('[').Append(Rune.ToLowerInvariant(rune)).Append(Rune.ToUpperInvariant(rune)).Append(']');
        else if (rune.IsAscii && !Rune.IsDigit(rune)) pattern.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (IsFixed(rune)) pattern.Append(rune);
        else pattern.Append("(?i:").Append(rune).Append(')');
    }
}
