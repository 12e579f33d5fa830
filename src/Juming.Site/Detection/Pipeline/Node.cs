namespace Juming.Site.Detection.Pipeline;

/// <summary>A part of a rule's condition, bound to an event's fields.</summary>
internal abstract class Node
{
    /// <summary>True when it holds for the event at hand.</summary>
    public abstract bool Holds(MatchScratch scratch);

    /// <summary>Collects the fields that make it hold.</summary>
    public abstract void Explain(MatchScratch scratch, FieldList fields);
}

/// <summary>All parts must hold.</summary>
internal sealed class AllNode(Node[] parts) : Node
{
    /// <summary>The parts.</summary>
    public Node[] Parts { get; } = parts;

    /// <inheritdoc/>
    public override bool Holds(MatchScratch scratch)
    {
        foreach (var part in Parts) if (!part.Holds(scratch)) return false;
        return true;
    }

    /// <inheritdoc/>
    public override void Explain(MatchScratch scratch, FieldList fields)
    {
        foreach (var part in Parts) part.Explain(scratch, fields);
    }
}

/// <summary>At least so many parts must hold.</summary>
internal sealed class SomeNode(Node[] parts, int least) : Node
{
    /// <summary>The parts.</summary>
    public Node[] Parts { get; } = parts;

    /// <summary>How many.</summary>
    public int Least { get; } = least;

    /// <inheritdoc/>
    public override bool Holds(MatchScratch scratch)
    {
        var missing = Least;
        foreach (var part in Parts)
            if (part.Holds(scratch) && --missing <= 0) return true;
        return false;
    }

    /// <inheritdoc/>
    public override void Explain(MatchScratch scratch, FieldList fields)
    {
        foreach (var part in Parts) if (part.Holds(scratch)) part.Explain(scratch, fields);
    }
}

/// <summary>The part must not hold.</summary>
internal sealed class NotNode(Node part) : Node
{
    /// <summary>The part.</summary>
    public Node Part { get; } = part;

    /// <inheritdoc/>
    public override bool Holds(MatchScratch scratch) => !Part.Holds(scratch);

    /// <inheritdoc/>
    public override void Explain(MatchScratch scratch, FieldList fields)
    {
    }
}
