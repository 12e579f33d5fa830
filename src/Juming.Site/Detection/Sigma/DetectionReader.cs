using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Site.Detection.Sigma;

/// <summary>Turns the detection part of a rule into an expression: selections, fields, modifiers, values.</summary>
internal sealed class DetectionReader(IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
{
    /// <summary>Most selections of one rule.</summary>
    public const int MaxSelections = 500;

    /// <summary>Most values of one rule, after modifiers have multiplied them.</summary>
    public const int MaxValues = 60_000;

    private readonly List<string> _missing = [];
    private readonly List<string> _warnings = [];
    private int _values;

    /// <summary>Lists that were asked for and are not filled.</summary>
    public IReadOnlyList<string> MissingLists => _missing;

    /// <summary>What is odd and does not hinder, with its line.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads all selections and the condition.</summary>
    /// <param name="detection">The map under "detection" or "filter".</param>
    /// <param name="reserved">Keys that are no selections.</param>
    /// <exception cref="SigmaRefusedException">Something can't be meant so.</exception>
    public Expression Read(YamlNode detection, params ReadOnlySpan<string> reserved)
    {
        var selections = new Dictionary<string, Expression>(StringComparer.Ordinal);
        YamlNode? condition = null;
        foreach (var (key, value) in detection.Entries)
        {
            if (key.Text == "condition") condition = value;
            else if (key.Text == "timeframe") throw new SigmaRefusedException(key.Line, "timeframe belongs to the obsolete aggregation, write a correlation");
            else if (!reserved.Contains(key.Text))
            {
                if (selections.Count >= MaxSelections) throw new SigmaRefusedException(key.Line, $"more than {MaxSelections} selections");
                selections[key.Text] = Selection(value);
            }
        }
        if (condition is null) throw new SigmaRefusedException(detection.Line, "the condition is missing");
        if (condition.Kind == YamlKind.Scalar && !condition.IsNull) return ConditionParser.Parse(condition.Text, selections, condition.Line);
        if (condition.Kind != YamlKind.List || condition.Items.Count == 0) throw new SigmaRefusedException(condition.Line, "the condition must be text or a list of texts");
        var parts = new List<Expression>();
        foreach (var item in condition.Items)
        {
            if (item.Kind != YamlKind.Scalar) throw new SigmaRefusedException(item.Line, "a condition must be text");
            parts.Add(ConditionParser.Parse(item.Text, selections, item.Line));
        }
        return parts.Count == 1 ? parts[0] : new SomeOf(parts);
    }

    private Expression Selection(YamlNode node)
    {
        switch (node.Kind)
        {
            case YamlKind.Map:
                if (node.Entries.Count == 0) throw new SigmaRefusedException(node.Line, "a selection is empty");
                return All(node.Entries.Select(e => Field(e.Key, e.Value)));
            case YamlKind.List:
                if (node.Items.Count == 0) throw new SigmaRefusedException(node.Line, "a selection is empty");
                return Some(node.Items.Select(Selection));
            default:
                if (node.IsNull) throw new SigmaRefusedException(node.Line, "a selection is empty");
                Count(node);
                return new TextTest(null, SigmaText.Parse(node.Text).Open(true, true), false);
        }
    }

    private Expression Field(YamlNode key, YamlNode value)
    {
        var parts = key.Text.Split('|');
        var name = parts[0].Replace(" ", "", StringComparison.Ordinal);
        var modifiers = Modifiers.Read(parts.AsSpan(1), key.Line);
        var field = name.Length == 0 ? null : name;
        if (field is null && (modifiers.Comparison is not null || modifiers.Cidr || modifiers.Exists || modifiers.FieldReference || modifiers.Part != TimePart.None))
            throw new SigmaRefusedException(key.Line, $"'{key.Text}' needs a field");
        if (modifiers.All && (value.Kind == YamlKind.Scalar || value.Items.Count == 1)) _warnings.Add($"line {key.Line}: '{key.Text}' has one value, so 'all' means nothing");
        List<Expression> tests;
        if (value.Kind == YamlKind.Scalar) tests = [Value(field, modifiers, value)];
        else if (value.Kind == YamlKind.List)
        {
            if (value.Items.Count == 0) throw new SigmaRefusedException(value.Line, $"'{key.Text}' has no values");
            tests = new List<Expression>(value.Items.Count);
            foreach (var item in value.Items)
            {
                if (item.Kind != YamlKind.Scalar) throw new SigmaRefusedException(item.Line, $"'{key.Text}' must hold plain values");
                tests.Add(Value(field, modifiers, item));
            }
        }
        else throw new SigmaRefusedException(value.Line, $"'{key.Text}' must hold a value or a list of values");
        var all = tests.Count == 1 ? tests[0] : modifiers.All ? new AllOf(tests) : new SomeOf(tests);
        return modifiers.Negate ? new NotOf(all) : all;
    }

    private Expression Value(string? field, Modifiers m, YamlNode value)
    {
        Count(value);
        if (m.Exists) return Truth(value) ? new PresentTest(field) : new NotOf(new PresentTest(field));
        if (value.IsNull) return new AbsentTest(field);
        if (m.Comparison is { } comparison) return Number(field, m, comparison, value);
        if (m.Part != TimePart.None) return Number(field, m, Comparison.Equal, value);
        if (m.Expand) return Expanded(field, m, value);
        return Text(field, m, value.Text, value.IsPlain, value.Line);
    }

    private Expression Text(string? field, Modifiers m, string text, bool plain, int line)
    {
        if (m.Cidr)
        {
            if (!TryNetwork(text, out var network)) throw new SigmaRefusedException(line, $"'{text}' is no network");
            return new CidrTest(field, network);
        }
        if (m.Transforms.Contains("windash") && Transforms.CountDashes(text) > Transforms.MostDashes) return ManyDashes(field, m, text, line);
        if (m.Regex) return new RegexTest(field, Pattern(text, m, line));
        if (m.FieldReference) return new OtherFieldTest(field, text.Replace(" ", "", StringComparison.Ordinal), m.Shape, m.Cased);
        var forms = m.Transforms.Count == 0 ? [new TransformedValue(text, null)] : Transforms.Apply(text, m.Transforms, line);
        if (forms.Count == 1) return One(field, m, forms[0], plain);
        _values += forms.Count;
        if (_values > MaxValues) throw new SigmaRefusedException(line, $"more than {MaxValues} values");
        return new SomeOf([.. forms.Select(f => One(field, m, f, plain))]);
    }

    private static Expression One(string? field, Modifiers m, TransformedValue form, bool plain)
    {
        if (form.Bytes is { } bytes) return new BytesTest(field, bytes, field is null ? TextShape.Contains : m.Shape, m.Cased);
        var pattern = SigmaText.Parse(form.Text!);
        if (field is null) pattern = pattern.Open(true, true);
        else if (m.Shape != TextShape.Equals) pattern = pattern.Open(m.Shape is TextShape.Contains or TextShape.EndsWith, m.Shape is TextShape.Contains or TextShape.StartsWith);
        else if (pattern.Pieces.Count == 0) return new EmptyTest(field);
        else if (plain && m.Transforms.Count == 0 && IsNumber(form.Text!)) return new EqualNumberTest(field, form.Text!);
        return new TextTest(field, pattern, m.Cased);
    }

    /// <summary>So many dashes have too many spellings to be listed: a pattern tells them as well.</summary>
    private RegexTest ManyDashes(string? field, Modifiers m, string text, int line)
    {
        // As dear as the longest list of spellings.
        _values += 625;
        if (_values > MaxValues) throw new SigmaRefusedException(line, $"more than {MaxValues} values");
        if (m.Transforms.Count > 1) throw new SigmaRefusedException(line, $"a value with more than {Transforms.MostDashes} dashes can't be encoded as well");
        var pattern = new StringBuilder("(?s)");
        var shape = field is null ? TextShape.Contains : m.Shape;
        if (shape is TextShape.Equals or TextShape.StartsWith) pattern.Append(@"\A");
        foreach (var piece in SigmaText.Parse(Transforms.MarkDashes(text)).Pieces)
            if (piece.Literal is not { } literal) pattern.Append(piece.Wildcard == '*' ? ".*" : ".");
            else pattern.AppendJoin($"[{Transforms.Dashes}]", literal.Split(Transforms.Mark).Select(Regex.Escape));
        if (shape is TextShape.Equals or TextShape.EndsWith) pattern.Append(@"\z");
        return new RegexTest(field, new SigmaRegex(pattern.ToString(), RegexOptions.CultureInvariant | (m.Cased ? 0 : RegexOptions.IgnoreCase)));
    }

    private Expression Expanded(string? field, Modifiers m, YamlNode value)
    {
        var texts = new List<string> { "" };
        var literal = new StringBuilder();
        for (var i = 0; i < value.Text.Length; i++)
        {
            var c = value.Text[i];
            if (c == '\\' && i + 1 < value.Text.Length && value.Text[i + 1] == '%')
            {
                literal.Append('%');
                i++;
                continue;
            }
            var end = c == '%' ? value.Text.IndexOf('%', i + 1) : -1;
            if (end <= i + 1)
            {
                literal.Append(c);
                continue;
            }
            var name = value.Text[(i + 1)..end];
            var prefix = literal.ToString();
            literal.Clear();
            i = end;
            if (!lists.TryGetValue(name, out var entries) || entries.Count == 0)
            {
                if (!_missing.Contains(name)) _missing.Add(name);
                entries = [];
            }
            texts = [.. texts.SelectMany(t => entries.Select(e => t + prefix + e))];
            if (texts.Count > MaxValues) throw new SigmaRefusedException(value.Line, $"more than {MaxValues} values");
        }
        var rest = literal.ToString();
        _values += texts.Count;
        if (texts.Count == 0) return new SomeOf([]);
        var tests = texts.Select(t => Text(field, m, t + rest, false, value.Line)).ToList();
        return tests.Count == 1 ? tests[0] : new SomeOf(tests);
    }

    private static Expression Number(string? field, Modifiers m, Comparison comparison, YamlNode value)
    {
        if (!double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new SigmaRefusedException(value.Line, $"'{value.Text}' is no number");
        return new NumberTest(field, comparison, number, m.Part);
    }

    private static SigmaRegex Pattern(string text, Modifiers m, int line)
    {
        if (text.Length > SigmaText.MaxLength) throw new SigmaRefusedException(line, "the regular expression is too long");
        var options = RegexOptions.CultureInvariant
            | (m.IgnoreCase ? RegexOptions.IgnoreCase : 0) | (m.MultiLine ? RegexOptions.Multiline : 0) | (m.SingleLine ? RegexOptions.Singleline : 0);
        try
        {
            return new SigmaRegex(text, options);
        }
        catch (ArgumentException e)
        {
            throw new SigmaRefusedException(line, "regular expression: " + e.Message);
        }
    }

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address)) return false;
        var bits = address.GetAddressBytes();
        var length = bits.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits.Length * 8)) return false;
        for (var i = 0; i < bits.Length; i++)
        {
            var keep = Math.Clamp(length - i * 8, 0, 8);
            bits[i] &= (byte)(0xFF << (8 - keep));
        }
        network = new IPNetwork(new IPAddress(bits), length);
        return true;
    }

    private static bool IsNumber(string text) => text.Length is > 0 and <= 18 && (char.IsAsciiDigit(text[0]) || (text[0] == '-' && text.Length > 1))
        && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    private static bool Truth(YamlNode value) => value.Text.ToLowerInvariant() switch
    {
        "true" or "yes" => true,
        "false" or "no" => false,
        _ => throw new SigmaRefusedException(value.Line, "exists needs true or false"),
    };

    private void Count(YamlNode value)
    {
        if (value.Text.Length > SigmaText.MaxLength) throw new SigmaRefusedException(value.Line, $"a value is longer than {SigmaText.MaxLength} characters");
        if (++_values > MaxValues) throw new SigmaRefusedException(value.Line, $"more than {MaxValues} values");
    }

    private static Expression All(IEnumerable<Expression> parts)
    {
        var list = parts.ToList();
        return list.Count == 1 ? list[0] : new AllOf(list);
    }

    private static Expression Some(IEnumerable<Expression> parts)
    {
        var list = parts.ToList();
        return list.Count == 1 ? list[0] : new SomeOf(list);
    }
}

/// <summary>Bounds on regular expressions from outside.</summary>
internal static class RegexLimits
{
    /// <summary>Longest look at one value by the engine whose work grows with the text only. Wide, because its first look builds its states.</summary>
    public static readonly TimeSpan LinearTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Longest look at one value by the backtracking engine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(50);

    /// <summary>Time-outs after which the rule is cut off.</summary>
    public const int MostTimeouts = 3;

    /// <summary>Characters of a value that are looked at.</summary>
    public const int MostCharacters = 32_768;
}
