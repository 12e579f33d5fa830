using Juming.Site.Collection.Formats;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>A key that lines hold, with what stands behind it.</summary>
/// <param name="Key">As the device writes it.</param>
/// <param name="Values">Values seen, at most 200.</param>
internal sealed record SeenKey(string Key, List<string> Values)
{
    private const int MostValues = 200;

    /// <summary>Lines that hold it.</summary>
    public int Lines { get; set; }

    /// <summary>Notes a value.</summary>
    public void Add(string value)
    {
        Lines++;
        if (Values.Count < MostValues) Values.Add(value);
    }
}

/// <summary>From a key and its values to the field it means.</summary>
internal sealed class FieldGuess
{
    /// <summary>Begins a key of a sentence whose word the trade knows, but the value is not what the trade means by it.</summary>
    public const string OwnMark = "w_";

    private static readonly char[] PartSigns = ['_', '-', ' '];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The fields of keys, in their order. A key that is left out is left to the shared vocabulary: a date and a clock that belong together.</summary>
    public static Dictionary<string, PackField> Of(IEnumerable<SeenKey> keys)
    {
        var guess = new FieldGuess();
        var seen = keys.Select(k => (Key: k, Shape: ValueShapes.Of(k.Values), Known: KnownOf(k.Key))).ToList();
        var found = new Dictionary<string, PackField>(StringComparer.Ordinal);
        // What the trade calls an address goes before what only looks like one.
        foreach (var (key, (shape, share), known) in seen)
            if (!IsSecret(key.Key) && NameOf(known) is { } name && Fits(known.Kind, shape, share) && guess.Take(name, key, known.Also == 0 ? null : FieldNames.Name(known.Also)) is { } field) found[key.Key] = field;
        foreach (var (key, (shape, share), known) in seen)
        {
            if (found.ContainsKey(key.Key) || known.Kind is ValueKind.Date || (known.Kind == ValueKind.Time && shape == ValueShape.Clock)) continue;
            found[key.Key] = IsSecret(key.Key) ? Own(key.Key) with { Mask = true } : share >= 0.8 && guess.ByShape(key, shape) is { } guessed && guess.Take(guessed, key, null) is { } field ? field : Own(key.Key);
        }
        return seen.Where(s => found.ContainsKey(s.Key.Key)).ToDictionary(s => s.Key.Key, s => found[s.Key.Key], StringComparer.Ordinal);
    }

    /// <summary>What the trade means by a key: as it stands, by its last name in a path, with blanks as underscores, or by the word in "r_sip_s".</summary>
    private static FieldTarget KnownOf(string key)
    {
        var word = key.TrimEnd('[', ']').Trim();
        foreach (var name in new[] { word, word[(word.LastIndexOf('.') + 1)..], word.Replace(' ', '_') })
            if (KeyVocabulary.Knows(name)) return KeyVocabulary.Of(name, "vendor.");
        foreach (var part in word[(word.LastIndexOf('.') + 1)..].Split(PartSigns, StringSplitOptions.RemoveEmptyEntries))
            if (part.Length > 2 && KeyVocabulary.Knows(part) && KeyVocabulary.Of(part, "vendor.") is { Kind: ValueKind.Ip or ValueKind.Port or ValueKind.Severity or ValueKind.Action } target) return target with { Also = 0 };
        return default;
    }

    private static bool IsSecret(string key) => Holds(key.ToLowerInvariant(), WorkbenchVocabulary.SecretWords);

    /// <summary>The shared vocabulary's name for a key, or null.</summary>
    public static string? NameOf(in FieldTarget target) => target.Kind switch
    {
        ValueKind.Protocol => "network.transport",
        ValueKind.Action => "event.action",
        ValueKind.Severity => "event.severity",
        ValueKind.Time => "@timestamp",
        ValueKind.Date => null,
        _ => target.Field == 0 ? null : FieldNames.Name(target.Field),
    };

    // A key may mean an address with one vendor and a name with another: the values decide.
    private static bool Fits(ValueKind kind, ValueShape shape, double share) => kind switch
    {
        ValueKind.Ip => shape is ValueShape.Address or ValueShape.None || share < 0.7,
        ValueKind.Port => shape is ValueShape.Number or ValueShape.None,
        ValueKind.Time => shape is ValueShape.Time or ValueShape.Number,
        ValueKind.Severity => shape is ValueShape.Severity or ValueShape.Number or ValueShape.None || share < 0.8,
        _ => shape != ValueShape.Address || share < 0.8,
    };

    private string? ByShape(SeenKey key, ValueShape shape)
    {
        var word = key.Key.ToLowerInvariant();
        return shape switch
        {
            ValueShape.Address => Side(word) is { } side ? side + ".ip" : word.Contains("nat", StringComparison.Ordinal) ? "source.nat.ip" : word.Contains("host", StringComparison.Ordinal) || word.Contains("dev", StringComparison.Ordinal) ? "host.ip" : !_taken.Contains("source.ip") ? "source.ip" : IsPlace(word) && !_taken.Contains("destination.ip") ? "destination.ip" : null,
            ValueShape.Number when Holds(word, WorkbenchVocabulary.PortWords) && Side(word) is { } side => side + ".port",
            ValueShape.Mac => Side(word) is { } side ? side + ".mac" : "source.mac",
            ValueShape.Time => "@timestamp",
            ValueShape.Url => "url.original",
            ValueShape.Action when word.Contains("act", StringComparison.Ordinal) || key.Values.Distinct(StringComparer.Ordinal).Count() > 1 || Blocks(key.Values) => "event.action",
            ValueShape.Severity when !word.Contains("type", StringComparison.Ordinal) => "event.severity",
            ValueShape.Protocol => "network.transport",
            ValueShape.Text when Holds(word, WorkbenchVocabulary.UserWords) => "user.name",
            _ => null,
        };
    }

    // Words for "allowed" mean other things too (start, close, log); words for "blocked" don't.
    private static bool Blocks(List<string> values) => values.Exists(v => ActionVocabulary.Of(System.Text.Encoding.UTF8.GetBytes(v.Trim())) == ActionWord.Blocked);

    /// <summary>A column without a name: two addresses stand in the order source, destination.</summary>
    private static bool IsPlace(string word) => word.Length is > 1 and < 5 && word[0] == 'c' && word.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>"source" or "destination" when a key or the word before a value says so.</summary>
    public static string? Side(string word)
    {
        var source = Holds(word, WorkbenchVocabulary.SourceWords.Where(w => w.Length > 2 || WorkbenchVocabulary.IsHan(w[0])));
        var destination = Holds(word, WorkbenchVocabulary.DestinationWords.Where(w => w.Length > 2 || WorkbenchVocabulary.IsHan(w[0])));
        return source == destination ? null : source ? "source" : "destination";
    }

    private static bool Holds(string word, IEnumerable<string> texts) => texts.Any(t => word.Contains(t, StringComparison.Ordinal));

    private PackField? Take(string name, SeenKey key, string? also)
    {
        // A field has one source: a second key of the same meaning keeps its own name, so that none is lost.
        if (!_taken.Add(name)) return null;
        var layout = name == "@timestamp" ? key.Values.Select(ValueShapes.LayoutOf).FirstOrDefault(l => l is not null) : null;
        return new PackField { To = name, Also = also, Time = layout is null ? [] : [layout] };
    }

    /// <summary>A field of the device's own, below "vendor.".</summary>
    public static PackField Own(string key)
    {
        if (key.StartsWith(OwnMark, StringComparison.Ordinal)) key = key[OwnMark.Length..];
        var name = new string([.. key.Trim().Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_')]).Trim('_', '.');
        return new PackField { To = "vendor." + (name.Length == 0 ? "field" : name.Length > 100 ? name[..100] : name) };
    }
}
