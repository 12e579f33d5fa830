using System.Text;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection.StarterPack;

/// <summary>Every sample of every rule, through the real loader, normaliser and matcher.</summary>
public sealed class PackSampleTests
{
    private static readonly LoadedRules Pack = Load();

    private static IEnumerable<TestCaseData> Samples =>
        from document in PackDocument.All
        from numbered in document.Samples.Select((sample, n) => (sample, n))
        select new TestCaseData(document.Id, numbered.sample.Lines, numbered.sample.Match)
            .SetArgDisplayNames(document.ToString(), $"sample {numbered.n + 1}", numbered.sample.Match ? "matches" : "does not match");

    [Test]
    public void The_loader_takes_every_document()
    {
        Assert.That(Pack.Refused.Select(r => $"{r.File}:{r.Line} {r.Reason}"), Is.Empty);
        Assert.That(Pack.Rules.Count + Pack.Correlations.Count, Is.EqualTo(PackDocument.All.Count));
    }

    [Test]
    public void The_product_reads_the_source_of_every_rule()
    {
        var set = RuleSet.Compile(Pack);
        Assert.That(set.Verdicts().Where(v => v.State != RuleState.Active).Select(v => $"{v.Document.Title}: {v.Reason}"), Is.Empty);
        Assert.That(set.Refused, Is.Empty);
    }

    [TestCaseSource(nameof(Samples))]
    public void A_sample_has_the_outcome_that_it_states(string id, IReadOnlyList<string> lines, bool match)
    {
        // As in the product, the rules are compiled before the first line comes: the fields that they ask for have names by then.
        var rules = RuleSet.Compile(With(id));
        var batch = Events(lines);
        var found = CollectedMatches.Of(rules, batch);
        var hit = found.Rules.Any(r => r.Rule == id) || found.Correlations.Any(c => c.Correlation.Spec.Id == id);
        Assert.That(hit, Is.EqualTo(match), () => Describe(batch));
    }

    /// <summary>A document and what it builds on, so that correlations start with an empty memory.</summary>
    private static LoadedRules With(string id)
    {
        var wanted = new HashSet<string> { id };
        for (var before = 0; before != wanted.Count;)
        {
            before = wanted.Count;
            foreach (var correlation in Pack.Correlations.Where(c => wanted.Contains(c.Id) || (c.Name is { } n && wanted.Contains(n)))) wanted.UnionWith(correlation.Rules);
        }
        return Pack with
        {
            Rules = [.. Pack.Rules.Where(r => wanted.Contains(r.Id) || (r.Name is { } n && wanted.Contains(n)))],
            Correlations = [.. Pack.Correlations.Where(c => wanted.Contains(c.Id) || (c.Name is { } n && wanted.Contains(n)))],
        };
    }

    private static LoadedRules Load()
    {
        var loader = new SigmaLoader();
        foreach (var (name, text) in Juming.Site.Detection.Packs.StarterPack.Read()) loader.AddText(name, text);
        return loader.Loaded();
    }

    private static EventBatch Events(IReadOnlyList<string> lines)
    {
        var batch = new EventBatch(lines.Count);
        var received = new DateTimeOffset(2026, 11, 23, 18, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        var source = new SourceMemory();
        foreach (var line in lines) PackLines.Add(batch, Encoding.UTF8.GetBytes(line), received++, source);
        return batch;
    }

    private static string Describe(EventBatch batch)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(batch.Count, 2); i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"event {i} at {DateTimeOffset.UnixEpoch.AddMicroseconds(batch.Events[i].Time):O} {batch.Events[i].Flags}\n");
            foreach (var field in batch.FieldsOf(i)) text.Append("  ").Append(FieldNames.Name(field.Id)).Append(" = ").AppendLine(Encoding.UTF8.GetString(batch.Value(field)));
        }
        return text.ToString();
    }
}
