using System.Text;

namespace Juming.Site.Detection.Sigma;

/// <summary>What the words behind a field name ask for.</summary>
internal sealed class Modifiers
{
    private readonly List<string> _transforms = [];

    /// <summary>All values must fit, not one of them.</summary>
    public bool All { get; private set; }

    /// <summary>The answer is turned round (neq).</summary>
    public bool Negate { get; private set; }

    /// <summary>Case matters.</summary>
    public bool Cased { get; private set; }

    /// <summary>Only presence is asked for.</summary>
    public bool Exists { get; private set; }

    /// <summary>Values are regular expressions.</summary>
    public bool Regex { get; private set; }

    /// <summary>re|i</summary>
    public bool IgnoreCase { get; private set; }

    /// <summary>re|m</summary>
    public bool MultiLine { get; private set; }

    /// <summary>re|s</summary>
    public bool SingleLine { get; private set; }

    /// <summary>Values are networks.</summary>
    public bool Cidr { get; private set; }

    /// <summary>Values name lists.</summary>
    public bool Expand { get; private set; }

    /// <summary>Values name other fields.</summary>
    public bool FieldReference { get; private set; }

    /// <summary>Numeric comparison, or null.</summary>
    public Comparison? Comparison { get; private set; }

    /// <summary>Part of a time that is compared.</summary>
    public TimePart Part { get; private set; }

    /// <summary>Where in the value the text must stand.</summary>
    public TextShape Shape { get; private set; } = TextShape.Equals;

    /// <summary>Changes of the value, in their order.</summary>
    public IReadOnlyList<string> Transforms => _transforms;

    /// <summary>Reads the words between the bars.</summary>
    /// <exception cref="SigmaRefusedException">A word is unknown or two can't go together.</exception>
    public static Modifiers Read(ReadOnlySpan<string> words, int line)
    {
        var m = new Modifiers();
        foreach (var raw in words)
        {
            var word = raw.Trim();
            switch (word)
            {
                case "all": m.All = true; break;
                case "neq": m.Negate = true; break;
                case "cased": m.Cased = true; break;
                case "exists": m.Exists = true; break;
                case "re": m.Regex = true; break;
                case "i" when m.Regex: m.IgnoreCase = true; break;
                case "m" when m.Regex: m.MultiLine = true; break;
                case "s" when m.Regex: m.SingleLine = true; break;
                case "cidr": m.Cidr = true; break;
                case "expand": m.Expand = true; break;
                case "fieldref": m.FieldReference = true; break;
                case "lt": m.Comparison = Sigma.Comparison.Less; break;
                case "lte": m.Comparison = Sigma.Comparison.LessOrEqual; break;
                case "gt": m.Comparison = Sigma.Comparison.Greater; break;
                case "gte": m.Comparison = Sigma.Comparison.GreaterOrEqual; break;
                case "minute": m.Part = TimePart.Minute; break;
                case "hour": m.Part = TimePart.Hour; break;
                case "day": m.Part = TimePart.Day; break;
                case "week": m.Part = TimePart.Week; break;
                case "month": m.Part = TimePart.Month; break;
                case "year": m.Part = TimePart.Year; break;
                case "contains": m.Bind(TextShape.Contains, line); break;
                case "startswith": m.Bind(TextShape.StartsWith, line); break;
                case "endswith": m.Bind(TextShape.EndsWith, line); break;
                case "windash" or "base64" or "base64offset" or "utf16le" or "wide" or "utf16be" or "utf16": m._transforms.Add(word); break;
                default: throw new SigmaRefusedException(line, $"the modifier '{word}' is not known");
            }
        }
        var kinds = (m.Regex ? 1 : 0) + (m.Cidr ? 1 : 0) + (m.Exists ? 1 : 0) + (m.FieldReference ? 1 : 0) + (m.Comparison is null ? 0 : 1);
        if (kinds > 1) throw new SigmaRefusedException(line, "these modifiers can't go together");
        if (m._transforms.Count > 4) throw new SigmaRefusedException(line, "more than 4 modifiers change the value");
        if (m._transforms.Count > 0 && kinds > 0) throw new SigmaRefusedException(line, "a value that is no text can't be encoded");
        return m;
    }

    private void Bind(TextShape shape, int line)
    {
        if (Shape != TextShape.Equals && Shape != shape) throw new SigmaRefusedException(line, "contains, startswith and endswith exclude each other");
        Shape = shape;
    }
}

/// <summary>A value after encoding: text that may still hold wildcards, or bytes.</summary>
internal readonly record struct TransformedValue(string? Text, byte[]? Bytes);

/// <summary>The modifiers that change a value, or make several of one.</summary>
internal static class Transforms
{
    /// <summary>What may begin an argument; fit to stand in a class of a pattern.</summary>
    public const string Dashes = "-/\u2013\u2014\u2015";

    /// <summary>Most dashes of a value of which every spelling is listed.</summary>
    public const int MostDashes = 4;

    /// <summary>Stands for a dash that may be spelled in any way; a code point that no text holds (noncharacter).</summary>
    public const char Mark = '\uFDD2';

    /// <summary>Applies the changes in their order.</summary>
    /// <exception cref="SigmaRefusedException">The value can't be changed so.</exception>
    public static List<TransformedValue> Apply(string text, IReadOnlyList<string> transforms, int line)
    {
        List<TransformedValue> forms = [new(text, null)];
        foreach (var transform in transforms)
            forms = [.. forms.SelectMany(f => One(f, transform, line))];
        return forms;
    }

    private static IEnumerable<TransformedValue> One(TransformedValue value, string transform, int line) => transform switch
    {
        "windash" => WindowsDashes(value.Text ?? throw NoText(line)).Select(t => new TransformedValue(t, null)),
        "utf16le" or "wide" => [new(null, Encoding.Unicode.GetBytes(Plain(value, line)))],
        "utf16be" => [new(null, Encoding.BigEndianUnicode.GetBytes(Plain(value, line)))],
        "utf16" => [new(null, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Plain(value, line))])],
        "base64" => [new(Convert.ToBase64String(Bytes(value, line)), null)],
        _ => Offsets(Bytes(value, line)).Select(t => new TransformedValue(t, null)),
    };

    private static SigmaRefusedException NoText(int line) => new(line, "the value is already encoded");

    private static byte[] Bytes(TransformedValue value, int line) => value.Bytes ?? Encoding.UTF8.GetBytes(Plain(value, line));

    private static string Plain(TransformedValue value, int line)
    {
        var pattern = SigmaText.Parse(value.Text ?? throw NoText(line));
        if (!pattern.IsPlain) throw new SigmaRefusedException(line, "a value with wildcards can't be encoded");
        return pattern.PlainText;
    }

    /// <summary>The three forms that a text takes within Base64, without the characters that depend on its neighbours.</summary>
    private static IEnumerable<string> Offsets(byte[] bytes)
    {
        int[] start = [0, 2, 3];
        int[] cut = [0, 3, 2];
        for (var shift = 0; shift < 3; shift++)
        {
            var padded = new byte[shift + bytes.Length];
            bytes.CopyTo(padded, shift);
            var encoded = Convert.ToBase64String(padded);
            yield return encoded[start[shift]..(encoded.Length - cut[padded.Length % 3])];
        }
    }

    /// <summary>Number of dashes that begin an argument.</summary>
    public static int CountDashes(string text) => DashesOf(text).Count;

    /// <summary>The text with a mark for each dash that begins an argument.</summary>
    public static string MarkDashes(string text)
    {
        var marked = text.ToCharArray();
        foreach (var place in DashesOf(text)) marked[place] = Mark;
        return new string(marked);
    }

    /// <summary>Every way to write the dashes that begin an argument.</summary>
    private static List<string> WindowsDashes(string text)
    {
        var forms = new List<string> { text };
        foreach (var place in DashesOf(text))
            forms = [.. forms.SelectMany(f => Dashes.Select(d => string.Concat(f.AsSpan(0, place), [d], f.AsSpan(place + 1))))];
        return forms;
    }

    private static List<int> DashesOf(string text)
    {
        var places = new List<int>();
        for (var i = 0; i < text.Length; i++)
            if (Dashes.Contains(text[i]) && (i == 0 || !IsWord(text[i - 1])) && i + 1 < text.Length && IsWord(text[i + 1])) places.Add(i);
        return places;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
