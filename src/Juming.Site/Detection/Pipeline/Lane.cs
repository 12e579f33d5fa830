using System.Diagnostics;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>The rules of one log source. An event that belongs to the source runs through it once.</summary>
internal sealed class Lane(int index, Logsource source, LogsourcePlan plan)
{
    /// <summary>A source that sent nothing for so long no longer feeds its rules.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromHours(24);

    private long _seen;
    private long _lastSeen;

    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>The log source.</summary>
    public Logsource Source { get; } = source;

    /// <summary>How events get here.</summary>
    public LogsourcePlan Plan { get; } = plan;

    /// <summary>Scans that are made for every event of the source.</summary>
    public SlotScan[] Scans { get; set; } = [];

    /// <summary>First atom of the source's rules; they are numbered in a row.</summary>
    public int FirstAtom { get; set; }

    /// <summary>Rules that an atom's hit calls for, by atom less <see cref="FirstAtom"/>.</summary>
    public CompiledRule[]?[] CalledBy { get; set; } = [];

    /// <summary>Rules without any literal that they need: they are asked for every event.</summary>
    public CompiledRule[] Always { get; set; } = [];

    /// <summary>Events that belonged to the source since the rule set was made.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Receipt of the last such event, microseconds since 1970 UTC; 0 for none.</summary>
    public long LastSeen => Interlocked.Read(ref _lastSeen);

    /// <summary>True while the source sends.</summary>
    public bool IsAlive(DateTimeOffset now) => LastSeen > 0 && DateTimeOffset.UnixEpoch.AddMicroseconds(LastSeen) >= now - SilentAfter;

    /// <summary>Books events that were seen.</summary>
    public void CountSeen(long events, long receipt)
    {
        Interlocked.Add(ref _seen, events);
        if (receipt > LastSeen) Interlocked.Exchange(ref _lastSeen, receipt);
    }

    /// <summary>Goes on counting where the lane of the former rule set ended.</summary>
    public void TakeOver(Lane former) => CountSeen(former.Seen, former.LastSeen);

    /// <summary>Asks the rules about the event at hand.</summary>
    public void Run(MatchScratch scratch)
    {
        foreach (var scan in Scans) scan.Run(scratch);
        var timed = (scratch.Stamp & (CostMeter.SampleEvery - 1)) == 0;
        var called = CalledBy;
        for (var i = 0; i < scratch.HitCount; i++)
        {
            var local = scratch.Hits[i] - FirstAtom;
            if ((uint)local >= (uint)called.Length || called[local] is not { } rules) continue;
            foreach (var rule in rules) Ask(scratch, rule, timed);
        }
        foreach (var rule in Always) Ask(scratch, rule, timed);
        scratch.HitCount = 0;
    }

    private static void Ask(MatchScratch scratch, CompiledRule rule, bool timed)
    {
        ref var stamp = ref scratch.RuleStamp[rule.Index];
        if (stamp == scratch.Stamp || rule.Cost.IsCutOff) return;
        stamp = scratch.Stamp;
        if (!timed)
        {
            if (rule.Condition.Holds(scratch)) RuleMatcher.Report(scratch, rule);
            return;
        }
        var start = Stopwatch.GetTimestamp();
        var holds = rule.Condition.Holds(scratch);
        rule.Cost.Add(Stopwatch.GetTimestamp() - start);
        if (holds) RuleMatcher.Report(scratch, rule);
    }
}
