using System.Diagnostics;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>A detection rule, ready to be asked.</summary>
internal sealed class CompiledRule(int index, SigmaRule rule, Lane lane, Node condition, CostMeter cost)
{
    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>The rule as written.</summary>
    public SigmaRule Rule { get; } = rule;

    /// <summary>Its log source.</summary>
    public Lane Lane { get; } = lane;

    /// <summary>Its condition, filters included.</summary>
    public Node Condition { get; } = condition;

    /// <summary>What it costs.</summary>
    public CostMeter Cost { get; } = cost;

    /// <summary>False: it only feeds correlations.</summary>
    public bool Alerts { get; set; } = true;

    /// <summary>Correlations that it feeds, with its place in each.</summary>
    public CorrelationFeed[] Feeds { get; set; } = [];

    /// <summary>Filters that name a correlation above this rule, by that correlation; null where there are none.</summary>
    public Dictionary<SigmaCorrelation, Node[]>? Exceptions { get; set; }

    /// <summary>True when a filter keeps the event at hand out of a correlation.</summary>
    public bool IsExcepted(MatchScratch scratch, SigmaCorrelation correlation)
    {
        if (Exceptions is null || !Exceptions.TryGetValue(correlation, out var filters)) return false;
        foreach (var filter in filters) if (filter.Holds(scratch)) return true;
        return false;
    }
}

/// <summary>
/// What a rule costs, measured on every <see cref="SampleEvery"/>th event, and whether it was cut off for it. Outlives the rule set, so that a reload
/// does not let a rule in again that was cut off; it is let in by changing it.
/// </summary>
internal sealed class CostMeter
{
    /// <summary>One event in so many is timed; a power of two.</summary>
    public const int SampleEvery = 64;

    /// <summary>Samples before a verdict.</summary>
    public const int MinSamples = 256;

    /// <summary>Mean cost of one look, microseconds, above which a rule is cut off.</summary>
    public const double MostMicroseconds = 100;

    /// <summary>Of a correlation's events one in so many is timed; a power of two.</summary>
    public const int SampleCorrelated = 16;

    private long _looks;
    private long _ticks;
    private long _samples;
    private volatile string? _cutOff;

    /// <summary>Regular expressions of the rule, whose time limits count.</summary>
    public RegexAtom[] Expressions { get; set; } = [];

    /// <summary>True when the rule is no longer asked.</summary>
    public bool IsCutOff => _cutOff is not null;

    /// <summary>Why it was cut off: "cost" or "regex-timeout"; null while it is asked.</summary>
    public string? CutOffReason => _cutOff;

    /// <summary>Timed looks.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>Mean cost of one look, microseconds.</summary>
    public double MeanMicroseconds => Samples is var n and > 0 ? Interlocked.Read(ref _ticks) * 1e6 / Stopwatch.Frequency / n : 0;

    /// <summary>Share of all timed work, microseconds in total.</summary>
    public double TotalMicroseconds => Interlocked.Read(ref _ticks) * 1e6 / Stopwatch.Frequency;

    /// <summary>Begins a look of a correlation; returns 0 when this one is not timed.</summary>
    public long Begin() => (Interlocked.Increment(ref _looks) & (SampleCorrelated - 1)) == 0 ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    public void End(long start)
    {
        if (start != 0) Add(Stopwatch.GetTimestamp() - start);
    }

    /// <summary>Books a timed look and gives the verdict.</summary>
    public void Add(long ticks)
    {
        // A look that the scheduler interrupted must not condemn a rule: one sample counts for at most 2 ms, 8 µs of the mean.
        Interlocked.Add(ref _ticks, Math.Min(ticks, Stopwatch.Frequency / 500));
        var samples = Interlocked.Increment(ref _samples);
        foreach (var expression in Expressions)
            if (expression.Timeouts >= RegexLimits.MostTimeouts) _cutOff = "regex-timeout";
        if (samples >= MinSamples && MeanMicroseconds > MostMicroseconds) _cutOff = "cost";
    }

    /// <summary>Looks at the time limits apart from the samples.</summary>
    public void CheckTimeouts()
    {
        foreach (var expression in Expressions)
            if (expression.Timeouts >= RegexLimits.MostTimeouts) _cutOff = "regex-timeout";
    }
}
