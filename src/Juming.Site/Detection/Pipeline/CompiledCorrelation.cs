using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Says that a rule feeds a correlation, and as which of its rules.</summary>
internal readonly record struct CorrelationFeed(CompiledCorrelation To, int Place);

/// <summary>A correlation, bound to its rules and fields.</summary>
internal sealed class CompiledCorrelation(int index, SigmaCorrelation spec, CorrelationState state, Slot[][] groupBy, Slot[][] values, IReadOnlyList<CompiledRule> sources)
{
    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>The correlation as written.</summary>
    public SigmaCorrelation Spec { get; } = spec;

    /// <summary>What it remembers; goes over to the next rule set when the correlation is unchanged.</summary>
    public CorrelationState State { get; } = state;

    /// <summary>Group-by fields for each correlated rule.</summary>
    public Slot[][] GroupBy { get; } = groupBy;

    /// <summary>Value fields for each correlated rule.</summary>
    public Slot[][] Values { get; } = values;

    /// <summary>Detection rules at the bottom of it.</summary>
    public IReadOnlyList<CompiledRule> Sources { get; } = sources;

    /// <summary>False: it only feeds other correlations.</summary>
    public bool Alerts { get; set; } = true;

    /// <summary>Correlations that it feeds.</summary>
    public CorrelationFeed[] Feeds { get; set; } = [];

    /// <summary>The condition can only be judged when a window ends.</summary>
    public bool ClosesWindows => State.ClosesWindows;
}
