using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Says that a rule feeds a correlation, and as which of its rules.</summary>
internal readonly record struct CorrelationFeed(CompiledCorrelation To, int Place);

/// <summary>Which values of an inner correlation's group make the group and the value of the outer one.</summary>
internal sealed record PassedValues(int[] GroupBy, int[] Values);

/// <summary>A correlation, bound to its rules and fields.</summary>
internal sealed class CompiledCorrelation(int index, SigmaCorrelation spec, CorrelationState state, Slot[][] groupBy, Slot[][] values, PassedValues?[] passed, IReadOnlyList<CompiledRule> sources, CostMeter cost)
{
    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>The correlation as written.</summary>
    public SigmaCorrelation Spec { get; } = spec;

    /// <summary>What it remembers; goes over to the next rule set when the correlation is unchanged.</summary>
    public CorrelationState State { get; } = state;

    /// <summary>What it costs; measured apart from its rules.</summary>
    public CostMeter Cost { get; } = cost;

    /// <summary>Group-by fields for each correlated rule; empty for a correlated correlation.</summary>
    public Slot[][] GroupBy { get; } = groupBy;

    /// <summary>Value fields for each correlated rule.</summary>
    public Slot[][] Values { get; } = values;

    /// <summary>What each correlated correlation passes on; null for a rule.</summary>
    public PassedValues?[] Passed { get; } = passed;

    /// <summary>Detection rules at the bottom of it.</summary>
    public IReadOnlyList<CompiledRule> Sources { get; } = sources;

    /// <summary>False: it only feeds other correlations.</summary>
    public bool Alerts { get; set; } = true;

    /// <summary>Correlations that it feeds.</summary>
    public CorrelationFeed[] Feeds { get; set; } = [];

    /// <summary>The condition can only be judged when a window ends.</summary>
    public bool ClosesWindows => State.ClosesWindows;
}
