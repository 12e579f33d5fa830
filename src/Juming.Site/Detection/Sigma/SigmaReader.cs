using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Site.Detection.Sigma;

/// <summary>Turns one YAML document into a rule, a correlation or a filter.</summary>
internal sealed class SigmaReader(IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
{
    private const int MaxCorrelatedRules = 200;

    /// <summary>Reads a document.</summary>
    /// <exception cref="SigmaRefusedException">It is none of them, or something is missing or wrong.</exception>
    public SigmaDocument Read(YamlNode doc, string file, string source)
    {
        if (doc.Kind != YamlKind.Map) throw new SigmaRefusedException(doc.Line, "not a Sigma document: a map is expected");
        if (doc["action"] is { } action) throw new SigmaRefusedException(action.Line, "rule collections with 'action' are obsolete");
        if (doc["correlation"] is { } correlation) return Correlation(doc, correlation, file, source);
        if (doc["filter"] is { } filter) return Filter(doc, filter, file, source);
        if (doc["detection"] is { } detection) return Rule(doc, detection, file, source);
        throw new SigmaRefusedException(doc.Line, "not a Sigma document: it has neither detection nor correlation nor filter");
    }

    private SigmaRule Rule(YamlNode doc, YamlNode detection, string file, string source)
    {
        if (detection.Kind != YamlKind.Map) throw new SigmaRefusedException(detection.Line, "detection must be a map");
        if (doc["logsource"] is not { Kind: YamlKind.Map } logsource) throw new SigmaRefusedException(doc.Line, "logsource is missing");
        var reader = new DetectionReader(lists);
        var condition = reader.Read(detection);
        return Described(doc, file, source, new SigmaRule
        {
            Id = "",
            Title = "",
            File = file,
            Line = doc.Line,
            Logsource = LogsourceOf(logsource),
            Condition = condition,
            MissingLists = reader.MissingLists,
            Warnings = reader.Warnings,
        });
    }

    private SigmaFilter Filter(YamlNode doc, YamlNode filter, string file, string source)
    {
        if (filter.Kind != YamlKind.Map) throw new SigmaRefusedException(filter.Line, "filter must be a map");
        var reader = new DetectionReader(lists);
        var condition = reader.Read(filter, "rules");
        var rules = filter.TextsOf("rules");
        return Described(doc, file, source, new SigmaFilter
        {
            Id = "",
            Title = "",
            File = file,
            Line = doc.Line,
            Logsource = doc["logsource"] is { Kind: YamlKind.Map } logsource ? LogsourceOf(logsource) : new Logsource(null, null, null),
            Rules = rules is ["any" or "*"] ? [] : rules.Count > 0 ? rules : throw new SigmaRefusedException(filter.Line, "the filter names no rules"),
            Condition = condition,
            MissingLists = reader.MissingLists,
            Warnings = reader.Warnings,
        });
    }

    private static SigmaCorrelation Correlation(YamlNode doc, YamlNode node, string file, string source)
    {
        if (node.Kind != YamlKind.Map) throw new SigmaRefusedException(node.Line, "correlation must be a map");
        var kind = node.TextOf("type") switch
        {
            "event_count" => CorrelationKind.EventCount,
            "value_count" => CorrelationKind.ValueCount,
            "temporal" => CorrelationKind.Temporal,
            "temporal_ordered" or "ordered_temporal" => CorrelationKind.TemporalOrdered,
            "value_sum" => CorrelationKind.ValueSum,
            "value_avg" => CorrelationKind.ValueAverage,
            "value_percentile" => CorrelationKind.ValuePercentile,
            var other => throw new SigmaRefusedException(node.Line, $"the correlation type '{other}' is not known"),
        };
        var rules = node.TextsOf("rules");
        if (rules.Count == 0) throw new SigmaRefusedException(node.Line, "the correlation names no rules");
        if (rules.Count > MaxCorrelatedRules) throw new SigmaRefusedException(node.Line, $"the correlation names more than {MaxCorrelatedRules} rules");
        var temporal = kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered;
        var condition = node["condition"];
        if (condition is null && !temporal) throw new SigmaRefusedException(node.Line, "the correlation has no condition");
        var criteria = condition is null ? [] : Criteria(condition);
        if (condition is not null) CheckReach(kind, criteria, rules.Count, condition.Line);
        var percentile = condition?.TextOf("percentile") is { } p ? Number(p, condition.Line) : 50;
        if (percentile is <= 0 or > 100) throw new SigmaRefusedException(condition!.Line, "a percentile lies above 0 and up to 100");
        var fields = condition?.TextsOf("field") ?? [];
        if (kind is CorrelationKind.ValueCount or CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile && fields.Count == 0)
            throw new SigmaRefusedException(condition!.Line, "the condition needs a field");
        return Described(doc, file, source, new SigmaCorrelation
        {
            Id = "",
            Title = "",
            File = file,
            Line = doc.Line,
            Kind = kind,
            Rules = rules,
            GroupBy = node.TextsOf("group-by"),
            Timespan = Span(node["timespan"] ?? node["timeframe"], node.Line),
            Criteria = criteria,
            ValueFields = fields,
            Percentile = percentile,
            Aliases = Aliases(node["aliases"]),
            Generate = node.TextOf("generate") is { } g ? g is "true" : null,
        });
    }

    private static List<Criterion> Criteria(YamlNode condition)
    {
        if (condition.Kind != YamlKind.Map) throw new SigmaRefusedException(condition.Line, "the correlation's condition must be a map");
        var criteria = new List<Criterion>();
        foreach (var (key, value) in condition.Entries)
        {
            Comparison? comparison = key.Text switch
            {
                "gt" => Comparison.Greater,
                "gte" => Comparison.GreaterOrEqual,
                "lt" => Comparison.Less,
                "lte" => Comparison.LessOrEqual,
                "eq" => Comparison.Equal,
                "neq" => Comparison.NotEqual,
                "field" or "percentile" => null,
                _ => throw new SigmaRefusedException(key.Line, $"the criterion '{key.Text}' is not known"),
            };
            if (comparison is { } c) criteria.Add(new Criterion(c, Number(value.Text, value.Line)));
        }
        if (criteria.Count == 0) throw new SigmaRefusedException(condition.Line, "the condition holds no criterion");
        return criteria;
    }

    /// <summary>Refuses what no window can ever meet: it would look like a rule in force and never say a word.</summary>
    private static void CheckReach(CorrelationKind kind, List<Criterion> criteria, int rules, int line)
    {
        if (kind is CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile) return;
        double least = 1, most = kind switch
        {
            CorrelationKind.ValueCount => Pipeline.CorrelationShape.MaxValues,
            CorrelationKind.EventCount => double.PositiveInfinity,
            _ => rules,
        };
        if (kind == CorrelationKind.ValueCount && criteria.Any(c => c.Number > most)) throw new SigmaRefusedException(line, $"a value_count can tell at most {most} values apart");
        var (low, high) = (least, most);
        foreach (var (comparison, number) in criteria)
            (low, high) = comparison switch
            {
                Comparison.Greater => (Math.Max(low, Math.Floor(number) + 1), high),
                Comparison.GreaterOrEqual => (Math.Max(low, Math.Ceiling(number)), high),
                Comparison.Less => (low, Math.Min(high, Math.Ceiling(number) - 1)),
                Comparison.LessOrEqual => (low, Math.Min(high, Math.Floor(number))),
                Comparison.Equal => (Math.Max(low, Math.Ceiling(number)), Math.Min(high, Math.Floor(number))),
                _ => (low, high),
            };
        if (low > high) throw new SigmaRefusedException(line, double.IsInfinity(most)
            ? "the condition can't be met: a count is a whole number, and a window without events is never judged"
            : string.Create(CultureInfo.InvariantCulture, $"the condition can't be met: the figure lies between {least} and {most}"));
    }

    private static double Number(string text, int line) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n)
        ? n
        : throw new SigmaRefusedException(line, $"'{text}' is no number");

    private static TimeSpan Span(YamlNode? node, int line)
    {
        var text = node?.Text ?? throw new SigmaRefusedException(line, "the correlation has no timespan");
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n == 0)
            throw new SigmaRefusedException(node.Line, $"'{text}' is no timespan (30s, 5m, 1h, 7d)");
        var seconds = text[^1] switch
        {
            's' => 1L,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => throw new SigmaRefusedException(node.Line, $"'{text}' is no timespan (30s, 5m, 1h, 7d)"),
        } * n;
        return seconds <= 31 * 86_400L ? TimeSpan.FromSeconds(seconds) : throw new SigmaRefusedException(node.Line, "the timespan is longer than 31 days");
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Aliases(YamlNode? node)
    {
        var aliases = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        if (node is not { Kind: YamlKind.Map }) return aliases;
        foreach (var (alias, map) in node.Entries)
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (rule, field) in map.Entries) fields[rule.Text] = field.Text.Replace(" ", "", StringComparison.Ordinal);
            aliases[alias.Text] = fields;
        }
        return aliases;
    }

    private static T Described<T>(YamlNode doc, string file, string source, T into) where T : SigmaDocument
    {
        var title = doc.TextOf("title");
        if (string.IsNullOrWhiteSpace(title)) throw new SigmaRefusedException(doc.Line, "the title is missing");
        var tags = doc.TextsOf("tags");
        return into with
        {
            Id = doc.TextOf("id") ?? OwnId(source),
            Name = doc.TextOf("name"),
            Title = title,
            Titles = Texts(doc["titles"]),
            Advice = Texts(doc["advice"]),
            Description = doc.TextOf("description") ?? "",
            Author = doc.TextOf("author") ?? "",
            License = doc.TextOf("license") ?? "",
            Status = doc.TextOf("status") ?? "",
            Date = doc.TextOf("date") ?? "",
            Modified = doc.TextOf("modified") ?? "",
            Level = LevelOf(doc["level"]),
            Tags = tags,
            Attack = AttackTags.Parse(tags),
            References = doc.TextsOf("references"),
            FalsePositives = doc.TextsOf("falsepositives"),
            Fields = doc.TextsOf("fields"),
            Samples = Samples(doc["tests"]),
            File = file,
            Line = doc.Line,
            Source = source,
        };
    }

    private static Severity LevelOf(YamlNode? node) => node?.Text switch
    {
        null or "" => Severity.Medium,
        "informational" => Severity.Info,
        "low" => Severity.Low,
        "medium" => Severity.Medium,
        "high" => Severity.High,
        "critical" => Severity.Critical,
        var other => throw new SigmaRefusedException(node!.Line, $"the level '{other}' is not known"),
    };

    private static Dictionary<string, string> Texts(YamlNode? node)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (node is { Kind: YamlKind.Map })
            foreach (var (key, value) in node.Entries) texts[key.Text] = value.Text;
        return texts;
    }

    private static List<SigmaSample> Samples(YamlNode? node)
    {
        var samples = new List<SigmaSample>();
        if (node is not { Kind: YamlKind.List }) return samples;
        foreach (var item in node.Items)
        {
            IReadOnlyList<string> lines = item["lines"] is not null ? item.TextsOf("lines") : item.TextsOf("raw");
            if (lines.Count > 0) samples.Add(new SigmaSample(lines, item.TextOf("match") is "true"));
        }
        return samples;
    }

    private static Logsource LogsourceOf(YamlNode node) => new(Part(node, "category"), Part(node, "product"), Part(node, "service"));

    private static string? Part(YamlNode node, string key) => node.TextOf(key) is { Length: > 0 } text ? text.Trim().ToLowerInvariant().Replace(' ', '_') : null;

    private static string OwnId(string source)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(source));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }
}
