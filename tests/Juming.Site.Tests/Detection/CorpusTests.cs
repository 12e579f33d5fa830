using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>The public rule corpus and the events that its authors and others recorded for it.</summary>
public class CorpusTests
{
    private static readonly Lazy<LoadedRules> Corpus = new(() => SigmaLoader.Load([SharedData.Require("sigma/rules.zip")]));
    private static readonly Lazy<RuleSet> Set = new(() => RuleSet.Compile(Corpus.Value));

    [Test]
    public void Every_rule_of_the_corpus_is_active_idle_or_refused_with_a_reason()
    {
        var verdicts = Set.Value.Verdicts();
        foreach (var refusal in Set.Value.Refused) TestContext.Out.WriteLine($"refused {refusal.File}:{refusal.Line} {refusal.Reason}");
        foreach (var group in verdicts.GroupBy(v => (v.State, v.Code))) TestContext.Out.WriteLine($"{group.Key} {group.Count()}");
        Assert.That(verdicts.Count + Set.Value.Refused.Count, Is.EqualTo(3780));
        Assert.That(verdicts.Count, Is.GreaterThanOrEqualTo(3780 * 0.995));
        Assert.That(Set.Value.Refused.Select(r => r.Reason), Has.All.Not.Empty);
        Assert.That(verdicts.Where(v => v.State != RuleState.Active).Select(v => v.Reason), Has.All.Not.Empty);
    }

    [Test]
    public void Every_recorded_regression_case_fires_its_rule()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/regression_data.zip"));
        var silent = new List<string>();
        var cases = 0;
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.Ordinal)))
        {
            cases++;
            var id = Path.GetFileNameWithoutExtension(entry.FullName);
            var batch = new EventBatch(64);
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            foreach (var json in Documents(reader.ReadToEnd())) WindowsJson.Add(batch, json);
            if (CollectedMatches.Of(Set.Value, batch).Rules.All(m => m.Rule != id)) silent.Add(entry.FullName);
        }
        Assert.That(silent, Is.Empty, string.Join('\n', silent));
        Assert.That(cases, Is.EqualTo(100));
    }

    [Test]
    public void Recorded_attack_sets_hit_the_same_rules_line_by_line()
    {
        var folder = SharedData.Require("windows/otrf");
        var covered = new HashSet<string>(Corpus.Value.Rules
            .Where(r => r.Logsource.Product == "windows" && !r.File.Contains("rules-compliance", StringComparison.Ordinal) && !r.File.Contains("rules-placeholder", StringComparison.Ordinal)
                && r.MissingLists.Count == 0 && r.Logsource.Category is not ("file_access" or "file_rename") && !HasKeywords(r.Condition))
            .Select(r => r.Id));
        var differences = new List<string>();
        var sets = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.expected.json").Order())
        {
            sets++;
            using var expected = JsonDocument.Parse(File.ReadAllText(file));
            var wanted = expected.RootElement.GetProperty("hits").EnumerateArray()
                .SelectMany(h => h.GetProperty("rules").EnumerateArray().Select(r => $"{h.GetProperty("line").GetInt32()} {r.GetString()}")).ToHashSet();
            var batch = new EventBatch(4096);
            using var stream = new GZipStream(File.OpenRead(file.Replace(".expected.json", ".ndjson.gz")), CompressionMode.Decompress);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            for (var line = 1; reader.ReadLine() is { } json; line++) WindowsJson.Add(batch, json, line);
            var found = CollectedMatches.Of(Set.Value, batch).Rules.Where(m => covered.Contains(m.Rule)).Select(m => $"{m.Event + 1} {m.Rule}").ToHashSet();
            differences.AddRange(wanted.Except(found).Select(d => $"{Path.GetFileName(file)} missing {d}"));
            differences.AddRange(found.Except(wanted).Select(d => $"{Path.GetFileName(file)} extra {d}"));
        }
        Assert.That(differences, Is.Empty, string.Join('\n', differences.Take(60)));
        Assert.That(sets, Is.EqualTo(31));
    }

    private static bool HasKeywords(Expression e) => e switch
    {
        AllOf all => all.Parts.Any(HasKeywords),
        SomeOf some => some.Parts.Any(HasKeywords),
        NotOf not => HasKeywords(not.Part),
        FieldTest test => test.Field is null,
        _ => false,
    };

    private static IEnumerable<string> Documents(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var at = 0;
        while (at < bytes.Length)
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(at), new JsonReaderOptions { AllowMultipleValues = true });
            if (!reader.Read()) yield break;
            var array = reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            var end = at + (int)reader.BytesConsumed;
            var piece = Encoding.UTF8.GetString(bytes, at, end - at);
            at = end;
            while (at < bytes.Length && bytes[at] is (byte)'\r' or (byte)'\n' or (byte)' ') at++;
            if (!array) yield return piece;
            else
                foreach (var item in JsonDocument.Parse(piece).RootElement.EnumerateArray()) yield return item.GetRawText();
        }
    }
}
