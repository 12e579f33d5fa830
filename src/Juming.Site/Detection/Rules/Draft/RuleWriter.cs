using System.Globalization;
using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Says a search as a Sigma rule. What Sigma has no words for is refused with the reason: a rule that asks for less than the search would alert on what nobody looked for.</summary>
internal sealed class RuleWriter
{
    private readonly StringBuilder _selections = new();
    private int _count;
    private string? _dataset;

    /// <summary>The rule as YAML.</summary>
    /// <exception cref="UnsayableException">Something can't be said in Sigma.</exception>
    public static string Write(string query, string title, Guid id, DateTimeOffset now) => new RuleWriter().Rule(SearchTerm.Read(query), query, title, id, now);

    private string Rule(SearchTerm term, string query, string title, Guid id, DateTimeOffset now)
    {
        var condition = Say(term);
        // Events of one kind are asked alone: every other kind would cost and never match.
        var source = _dataset is null ? "category: any" : "service: " + Quote(_dataset);
        return $"""
            title: {Quote(title)}
            id: {id}
            status: experimental
            description: {Quote(query)}
            date: {now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}
            level: medium
            tags: []
            falsepositives: []
            logsource:
              {source}
            detection:
            {_selections}  condition: {condition}

            """.ReplaceLineEndings("\n");
    }

    private string Say(SearchTerm term) => term switch
    {
        SearchTerm.AllOf(var terms) => All(terms),
        SearchTerm.AnyOf(var terms) => Any(terms),
        SearchTerm.Not(var inner) => "not " + Closed(inner),
        SearchTerm.Everything => throw new UnsayableException("everything", "*"),
        _ => Selection([term], isList: false),
    };

    private string Closed(SearchTerm term) => term is SearchTerm.AllOf or SearchTerm.AnyOf or SearchTerm.Not ? $"({Say(term)})" : Say(term);

    private string All(IReadOnlyList<SearchTerm> terms)
    {
        if (_count == 0 && terms.OfType<SearchTerm.Field>().FirstOrDefault(f => f is { Name: "event.dataset", Test: SearchTest.Is }) is { } kind) _dataset = kind.Value;
        // Conditions on different fields make one selection; a field that is asked twice needs another.
        var fields = terms.OfType<SearchTerm.Field>().DistinctBy(f => f.Name).ToList();
        var parts = new List<string>();
        if (fields.Count > 0) parts.Add(Selection(fields, isList: false));
        parts.AddRange(terms.Except(fields, ReferenceEqualityComparer.Instance).Cast<SearchTerm>().Select(Closed));
        return string.Join(" and ", parts);
    }

    private string Any(IReadOnlyList<SearchTerm> terms)
    {
        var parts = new List<string>();
        foreach (var alike in terms.GroupBy(Family))
            if (alike.Key.Length > 0 && alike.Count() > 1) parts.Add(Selection([.. alike], isList: true));
            else parts.AddRange(alike.Select(Closed));
        return string.Join(" or ", parts);
    }

    /// <summary>Terms of one family are values of one list; empty for a term that has none.</summary>
    private static string Family(SearchTerm term) => term switch
    {
        SearchTerm.Words => "words",
        SearchTerm.Field { Test: SearchTest.Is or SearchTest.Like or SearchTest.InRange } field => Key(field) + (field.Test == SearchTest.InRange ? "|cidr" : ""),
        _ => "",
    };

    private string Selection(IReadOnlyList<SearchTerm> terms, bool isList)
    {
        var name = "selection_" + (++_count).ToString(CultureInfo.InvariantCulture);
        _selections.Append(CultureInfo.InvariantCulture, $"  {name}:\n");
        if (terms[0] is SearchTerm.Words)
            foreach (var words in terms.Cast<SearchTerm.Words>()) _selections.Append(CultureInfo.InvariantCulture, $"    - {Quote(Value(words.Text, words.Exact))}\n");
        else if (isList)
        {
            var first = (SearchTerm.Field)terms[0];
            _selections.Append(CultureInfo.InvariantCulture, $"    {Key(first)}{(first.Test == SearchTest.InRange ? "|cidr" : "")}:\n");
            foreach (var field in terms.Cast<SearchTerm.Field>()) _selections.Append(CultureInfo.InvariantCulture, $"      - {Quote(Value(field.Value, field.Test == SearchTest.Is))}\n");
        }
        else
            foreach (var field in terms.Cast<SearchTerm.Field>()) Field(field);
        return name;
    }

    private void Field(SearchTerm.Field field)
    {
        var key = Key(field);
        foreach (var line in field.Test switch
        {
            SearchTest.Is => [$"{key}: {Quote(Value(field.Value, exact: true))}"],
            SearchTest.Like => [$"{key}: {Quote(Value(field.Value, exact: false))}"],
            SearchTest.Exists => [$"{key}|exists: true"],
            SearchTest.InRange => [$"{key}|cidr: {Quote(field.Value)}"],
            SearchTest.Less => [$"{key}|lt: {Number(field)}"],
            SearchTest.LessOrEqual => [$"{key}|lte: {Number(field)}"],
            SearchTest.Greater => [$"{key}|gt: {Number(field)}"],
            SearchTest.GreaterOrEqual => [$"{key}|gte: {Number(field)}"],
            SearchTest.Between => Bounds(key, field),
            _ => throw new UnsayableException("digest", field.Name),
        }) _selections.Append(CultureInfo.InvariantCulture, $"    {line}\n");
    }

    private static string[] Bounds(string key, SearchTerm.Field field) => (field.Value, field.Upper ?? "") switch
    {
        ("", "") => [$"{key}|exists: true"],
        (var low, "") => [$"{key}|gte: {Number(field with { Value = low })}"],
        ("", var high) => [$"{key}|lte: {Number(field with { Value = high })}"],
        var (low, high) => [$"{key}|gte: {Number(field with { Value = low })}", $"{key}|lte: {Number(field with { Value = high })}"],
    };

    /// <summary>A bound as Sigma takes it; what a search reads as a number and YAML does not, such as "1e3", is written out.</summary>
    private static string Number(SearchTerm.Field field)
    {
        var number = double.Parse(field.Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) && Math.Abs(number) <= (double)decimal.MaxValue / 2 ? ((decimal)number).ToString(CultureInfo.InvariantCulture) : throw new UnsayableException("number", field.Name);
    }

    private static string Key(SearchTerm.Field field)
    {
        // How the search knows its own rows is nothing that an event tells a rule.
        if (field.Name is "jm.source_id" or "jm.unparsed" or "line") throw new UnsayableException("field", field.Name);
        if (field.Name.Contains('|', StringComparison.Ordinal)) throw new UnsayableException("name", field.Name);
        var name = field.Name == "message" && field.Test is SearchTest.Is or SearchTest.Like ? "message|contains" : field.Name;
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '|') ? name : Quote(name);
    }

    /// <summary>A value with Sigma's wildcards, or without any.</summary>
    private static string Value(string text, bool exact)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal);
        return exact ? escaped.Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal) : escaped;
    }

    // JSON's escapes are YAML's too; plain text is easier to read between single quotes.
    private static string Quote(string text) => text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
        ? JsonSerializer.Serialize(text) : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}

/// <summary>Sigma has no words for something.</summary>
internal sealed class UnsayableException : Juming.Platform.Handlers.RefusalException
{
    /// <param name="code">"everything", "digest", "number", "field" or "name".</param>
    /// <param name="what">What it is about.</param>
    public UnsayableException(string code, string what) : base(code) => Refusal = code switch
    {
        "everything" => DetectionErrors.SearchFitsAll,
        "digest" => DetectionErrors.SearchByDigest.With("field", what),
        "number" => DetectionErrors.SearchNumber.With("field", what),
        _ => DetectionErrors.SearchField.With("field", what),
    };

    /// <inheritdoc/>
    public override Juming.Platform.Handlers.Error Refusal { get; }
}
