using System.Net;

namespace Juming.Site.Response.Expressions;

/// <summary>A node of an expression.</summary>
internal abstract class Term
{
    public abstract Value Evaluate(Func<string, string?> read);

    public virtual void Collect(HashSet<string> names) { }
}

internal sealed class Constant(Value value) : Term
{
    public override Value Evaluate(Func<string, string?> read) => value;
}

internal sealed class Reference(string name) : Term
{
    public override Value Evaluate(Func<string, string?> read) => Value.Of(read(name) ?? "");

    public override void Collect(HashSet<string> names) => names.Add(name);
}

internal sealed class Listed(IReadOnlyList<Term> items) : Term
{
    public override Value Evaluate(Func<string, string?> read) => Value.Of([.. items.Select(i => i.Evaluate(read).AsText)]);

    public override void Collect(HashSet<string> names)
    {
        foreach (var item in items) item.Collect(names);
    }
}

internal sealed class Count(Term of) : Term
{
    public override Value Evaluate(Func<string, string?> read) => Value.Of(of.Evaluate(read).Items.Count);

    public override void Collect(HashSet<string> names) => of.Collect(names);
}

internal sealed class Not(Term of) : Term
{
    public override Value Evaluate(Func<string, string?> read) => Value.Of(!of.Evaluate(read).IsTrue);

    public override void Collect(HashSet<string> names) => of.Collect(names);
}

internal sealed class Binary(string sign, int position, Term left, Term right) : Term
{
    public override Value Evaluate(Func<string, string?> read)
    {
        var first = left.Evaluate(read);
        if (sign == "and") return Value.Of(first.IsTrue && right.Evaluate(read).IsTrue);
        if (sign == "or") return Value.Of(first.IsTrue || right.Evaluate(read).IsTrue);
        var second = right.Evaluate(read);
        return Value.Of(sign switch
        {
            "=" => first.Same(second),
            "!=" => !first.Same(second),
            "<" => Order(first, second) < 0,
            "<=" => Order(first, second) <= 0,
            ">" => Order(first, second) > 0,
            ">=" => Order(first, second) >= 0,
            "in" => second.Items.Any(i => Value.Of(i).Same(first)),
            "contains" => Contains(first, second.AsText),
            "starts-with" => first.AsText.StartsWith(second.AsText, StringComparison.OrdinalIgnoreCase),
            _ => MatchesCidr(first, second),
        });
    }

    public override void Collect(HashSet<string> names)
    {
        left.Collect(names);
        right.Collect(names);
    }

    // A list that came as text contains its items; any other text contains its parts.
    private static bool Contains(Value whole, string part) =>
        whole.List is not null || whole.AsText.StartsWith('[') ? whole.Items.Any(i => string.Equals(i, part, StringComparison.OrdinalIgnoreCase)) : whole.AsText.Contains(part, StringComparison.OrdinalIgnoreCase);

    private int Order(Value first, Value second) =>
        first.AsNumber is { } mine && second.AsNumber is { } theirs ? mine.CompareTo(theirs) : throw new ExpressionException(new ExpressionError(position, "not-a-number"));

    private bool MatchesCidr(Value address, Value ranges)
    {
        if (!IPAddress.TryParse(address.AsText.Trim(), out var ip)) return false;
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        foreach (var range in ranges.Items)
        {
            var text = range.Contains('/', StringComparison.Ordinal) ? range : range + (range.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
            if (!IPNetwork.TryParse(text, out var network)) throw new ExpressionException(new ExpressionError(position, "not-a-range"));
            if (network.Contains(ip)) return true;
        }
        return false;
    }
}
