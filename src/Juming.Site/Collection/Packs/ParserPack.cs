using System.Text;
using Juming.Site.Collection.Formats;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;

namespace Juming.Site.Collection.Packs;

/// <summary>A parser for the lines of one product, made from data. Immutable; used by all workers at once.</summary>
internal sealed class ParserPack
{
    // A place and a time that tests of packs are read in, so that they give the same on every machine and day.
    private const string TestZone = "Asia/Shanghai";
    private static readonly long TestReceived = new DateTimeOffset(2026, 6, 1, 4, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;

    private const int MostKeys = 512;

    private readonly byte[][] _apps;
    private readonly byte[][] _starts;
    private readonly byte[][] _contains;
    private readonly byte[][] _any;
    private readonly byte[][] _not;
    private readonly CompiledStep[] _steps;
    private readonly Lazy<Utf8Names<FieldTarget>> _names;
    private readonly (ushort Field, byte[] Value)[] _set;

    private ParserPack(PackDefinition definition, bool trial = false)
    {
        Definition = definition;
        _apps = [.. definition.When.App.Select(Encoding.UTF8.GetBytes)];
        _starts = [.. definition.When.Starts.Select(Encoding.UTF8.GetBytes)];
        _contains = [.. definition.When.Contains.Select(Encoding.UTF8.GetBytes)];
        _any = [.. definition.When.Any.Select(Encoding.UTF8.GetBytes)];
        _not = [.. definition.When.Not.Select(Encoding.UTF8.GetBytes)];
        _steps = [.. definition.Parse.Select(CompiledStep.Of)];
        var fields = definition.Fields.ToDictionary(f => f.Key, f => FieldRule.Compile(f.Value), StringComparer.Ordinal);
        _names = new Lazy<Utf8Names<FieldTarget>>(() => new Utf8Names<FieldTarget>(key => TargetOf(fields, key), key => fields.ContainsKey(key) || KeyVocabulary.IsWanted(key, "vendor."), most: trial ? 0 : MostKeys));
        _set = [.. Constants(definition)];
    }

    /// <summary>What the pack was made from.</summary>
    public PackDefinition Definition { get; }

    /// <summary>Unique name.</summary>
    public string Name => Definition.Name;

    /// <summary>A step took too long too often and reads no more lines.</summary>
    public bool IsCutOff => Array.Exists(_steps, s => s.IsCutOff);

    /// <summary>Texts of which every line that the pack takes holds at least one; none when only its program tells.</summary>
    public IReadOnlyList<string> NeededTexts => Definition.When is { Contains.Count: > 0 } when ? [when.Contains[0]] : Definition.When.Any.Count > 0 ? Definition.When.Any : Definition.When.Starts;

    /// <summary>Reads one pack. A pack whose own tests fail is refused like one that can't be read.</summary>
    /// <returns>The pack, or null and the problems with their lines.</returns>
    public static (ParserPack? Pack, IReadOnlyList<PackProblem> Problems) Load(string yaml)
    {
        var (packs, problems) = LoadAll(yaml);
        if (problems.Count == 0 && packs.Count > 1) problems = [new PackProblem(1, "more than one pack in it")];
        return problems.Count > 0 ? (null, problems) : (packs[0], []);
    }

    /// <summary>Reads all packs of a file with several documents; each is tested.</summary>
    public static (IReadOnlyList<ParserPack> Packs, IReadOnlyList<PackProblem> Problems) LoadAll(string yaml)
    {
        var (definitions, found) = PackReader.Read(yaml);
        var problems = found.ToList();
        var packs = new List<ParserPack>();
        foreach (var definition in definitions)
        {
            var (pack, refused) = Compile(definition);
            if (pack is not null) packs.Add(pack);
            problems.AddRange(refused);
        }
        return (packs, problems);
    }

    /// <summary>Compiles a definition and runs its tests.</summary>
    /// <param name="definition">What the pack says.</param>
    /// <param name="trial">Keys that neither the pack nor the trade knows make no fields: what is only tried must not fill the table of names.</param>
    public static (ParserPack? Pack, IReadOnlyList<PackProblem> Problems) Compile(PackDefinition definition, bool trial = false)
    {
        var line = definition.Tests.Count > 0 ? Math.Max(1, definition.Tests[0].At) : 1;
        try
        {
            var pack = new ParserPack(definition, trial);
            var problems = pack.RunTests();
            return problems.Count > 0 ? (null, problems) : (pack, []);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return (null, [new PackProblem(line, $"{definition.Name}: {e.Message}")]);
        }
    }

    /// <summary>Compiles a definition that ships with the product; its tests are run by ours.</summary>
    public static ParserPack Trusted(PackDefinition definition) => new(definition);

    /// <summary>The pack as YAML.</summary>
    public string ToYaml() => PackYaml.Write(Definition);

    /// <summary>True when the pack takes the line.</summary>
    public bool Takes(ReadOnlySpan<byte> line, ReadOnlySpan<byte> app, int message)
    {
        if (_apps.Length > 0 && !IsOne(app)) return false;
        if (_starts.Length > 0 && !BeginsWithOne(line[message..])) return false;
        foreach (var text in _contains)
            if (line.IndexOf(text) < 0) return false;
        if (_any.Length > 0 && !HoldsOne(line, _any)) return false;
        return _not.Length == 0 || !HoldsOne(line, _not);
    }

    /// <summary>Reads a line that the pack takes.</summary>
    public void Read(in EventWriter to, int from)
    {
        var before = to.Batch.Current.Time;
        foreach (var (field, value) in _set) to.Batch.Add(field, value);
        foreach (var step in _steps) step.Read(to, from, _names.Value);
        AddressText.AddRelated(to, from);
        PayloadTime.Take(to, from, before);
    }

    /// <summary>Runs the tests of the pack.</summary>
    public IReadOnlyList<PackProblem> RunTests()
    {
        var problems = new List<PackProblem>();
        var normalizer = new LineNormalizer(PackSet.Empty.With(this));
        foreach (var test in Definition.Tests)
        {
            var batch = new EventBatch(1);
            normalizer.Normalize(batch, Encoding.UTF8.GetBytes(test.Line), new LineContext { Received = TestReceived, Source = new SourceMemory { Zone = TimeZoneInfo.FindSystemTimeZoneById(TestZone) } });
            if (batch.Text(0, Field.JmParser) != Name) problems.Add(new PackProblem(test.At, $"{Name}: the test's line is not taken by the pack"));
            else
                foreach (var (name, value) in test.Expect)
                    if (Found(batch, name) is var found && !found.Contains(value)) problems.Add(new PackProblem(test.At, $"{Name}: {name} is '{string.Join("', '", found)}', expected '{value}'"));
        }
        return problems;
    }

    private static List<string> Found(EventBatch batch, string name)
    {
        if (name == "@timestamp") return [DateTimeOffset.UnixEpoch.AddTicks(batch.Events[0].Time * 10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)];
        var id = FieldNames.Find(name);
        var found = new List<string>();
        foreach (ref readonly var field in batch.FieldsOf(0))
            if (field.Id == id && id != 0) found.Add(Encoding.UTF8.GetString(batch.Value(field)));
        return found;
    }

    private static FieldTarget TargetOf(Dictionary<string, FieldTarget> fields, string key)
    {
        if (fields.TryGetValue(key, out var own)) return own;
        return key.Contains('.', StringComparison.Ordinal) && FieldNames.Find(key) > 0 ? FieldTarget.Of(key) : KeyVocabulary.Of(key, "vendor.");
    }

    private static IEnumerable<(ushort, byte[])> Constants(PackDefinition d)
    {
        (ushort, byte[]) Of(ushort field, string value) => (field, Encoding.UTF8.GetBytes(value));
        yield return Of(Field.EventDataset, d.Dataset ?? d.Name);
        if ((d.Module ?? d.Vendor) is { } module) yield return Of(Field.EventModule, module);
        foreach (var category in d.Category) yield return Of(Field.EventCategory, category);
        yield return Of(Field.JmParser, d.Name);
        yield return Of(Field.JmParserVersion, d.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (d.Vendor is { } vendor) yield return Of(Field.ObserverVendor, vendor);
        if (d.Product is { } product) yield return Of(Field.ObserverProduct, product);
        if (d.Type is { } type) yield return Of(Field.ObserverType, type);
        foreach (var (name, value) in d.Set) yield return Of(FieldNames.Intern(name), value);
    }

    private bool IsOne(ReadOnlySpan<byte> app)
    {
        foreach (var known in _apps)
            if (known[^1] == (byte)'*' ? app.StartsWith(known.AsSpan(0, known.Length - 1)) : Ascii.EqualsIgnoreCase(app, known)) return true;
        return false;
    }

    private bool BeginsWithOne(ReadOnlySpan<byte> message)
    {
        foreach (var start in _starts)
            if (message.StartsWith(start)) return true;
        return false;
    }

    private static bool HoldsOne(ReadOnlySpan<byte> line, byte[][] texts)
    {
        foreach (var text in texts)
            if (line.IndexOf(text) >= 0) return true;
        return false;
    }
}
