using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Juming.Site.Collection.Pipeline;
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
        foreach (var entry in zip.Entries.Where(e => Path.GetExtension(e.FullName) is ".json"))
        {
            cases++;
            var id = Path.GetFileNameWithoutExtension(entry.FullName);
            var batch = new EventBatch(64);
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            foreach (var json in Documents(reader.ReadToEnd())) Normalize(batch, Encoding.UTF8.GetBytes(json));
            if (CollectedMatches.Of(Set.Value, batch).Rules.All(m => m.Rule != id)) silent.Add(entry.FullName);
        }
        Assert.That(silent, Is.Empty, string.Join('\n', silent));
        Assert.That(cases, Is.EqualTo(100));
    }

    [Test]
    public void The_recorded_router_line_fires_its_rule()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/regression_data.zip"));
        var entry = zip.Entries.Single(e => Path.GetExtension(e.FullName) is ".raw");
        var batch = new EventBatch(1);
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        Normalize(batch, Encoding.UTF8.GetBytes(reader.ReadToEnd().TrimEnd()));
        Assert.That(CollectedMatches.Of(Set.Value, batch).Rules.Select(m => m.Rule), Does.Contain(Path.GetFileNameWithoutExtension(entry.FullName)));
    }

    [Test]
    public void A_router_line_fires_its_rule_once_the_vendor_is_known()
    {
        SharedData.Require("sigma/rules.zip");
        var batch = new EventBatch(1);
        batch.Begin("6705: Feb 17 13:40:03.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no access-session port-control"u8, 0);
        batch.Add(Field.ObserverVendor, "cisco");
        Assert.That(CollectedMatches.Of(Set.Value, batch).Rules.Select(m => m.Rule), Does.Contain("ef0ff092-a24a-4fbc-beea-06c08d53e085"));
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
            for (var line = 1; reader.ReadLine() is { } json; line++) Normalize(batch, Encoding.UTF8.GetBytes(json), line);
            var found = CollectedMatches.Of(Set.Value, batch).Rules.Where(m => covered.Contains(m.Rule)).Select(m => $"{m.Event + 1} {m.Rule}").ToHashSet();
            differences.AddRange(wanted.Except(found).Select(d => $"{Path.GetFileName(file)} missing {d}"));
            differences.AddRange(found.Except(wanted).Select(d => $"{Path.GetFileName(file)} extra {d}"));
        }
        Assert.That(differences, Is.Empty, string.Join('\n', differences.Take(60)));
        Assert.That(sets, Is.EqualTo(31));
    }

    private static readonly LineNormalizer Normalizer = new();

    private static void Normalize(EventBatch batch, byte[] line, int number = 0) =>
        Normalizer.Normalize(batch, line, new LineContext { Received = 1_790_000_000_000_000, Line = number, Source = new SourceMemory() });

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
            using var parsed = JsonDocument.Parse(piece);
            if (!array) yield return JsonSerializer.Serialize(parsed.RootElement);
            else
                foreach (var item in parsed.RootElement.EnumerateArray()) yield return JsonSerializer.Serialize(item);
        }
    }
}
