using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Tests.Detection;

/// <summary>Keeps what the matcher reports.</summary>
internal sealed class CollectedMatches : IMatchSink
{
    public List<(string Rule, int Event, string[] Fields)> Rules { get; } = [];

    public List<string> Keywords { get; } = [];

    public List<CorrelationMatch> Correlations { get; } = [];

    public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword)
    {
        Rules.Add((rule.Rule.Id, index, [.. fields.ToArray().Select(FieldNames.Name)]));
        if (keyword is not null) Keywords.Add(keyword);
    }

    public void Correlated(CorrelationMatch match, EventBatch? batch, int index) => Correlations.Add(match);

    public static CollectedMatches Of(RuleSet rules, EventBatch batch)
    {
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var found = new CollectedMatches();
        matcher.Match(batch, found);
        return found;
    }

    public static RuleSet Compile(string yaml, IReadOnlyDictionary<string, IReadOnlyList<string>>? lists = null)
    {
        var loader = new SigmaLoader(lists);
        loader.AddText("test.yml", yaml);
        return RuleSet.Compile(loader.Loaded());
    }
}
