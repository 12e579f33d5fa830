using System.Buffers;
using System.Reflection;
using System.Text;
using Juming.Site.Collection.Formats;

namespace Juming.Site.Collection.Packs;

/// <summary>The packs in force, as one immutable set: a change makes a new set, and the pipeline swaps one reference.</summary>
internal sealed class PackSet
{
    private static readonly Lazy<PackSet> Shipped = new(LoadShipped);

    // Packs from here on are asked only when one search over the line finds a text that one of them needs.
    private const int LateOrder = 500;
    private const int MostSearched = 2048;

    private readonly ParserPack[] _packs;
    private readonly ParserPack[] _early;
    private readonly ParserPack[] _late;
    private readonly SearchValues<string> _lateTexts;

    private PackSet(IEnumerable<ParserPack> packs)
    {
        _packs = [.. packs.OrderBy(p => p.Definition.Order)];
        _late = [.. _packs.Where(p => p.Definition.Order >= LateOrder && p.NeededTexts.Count > 0)];
        _early = [.. _packs.Except(_late)];
        _lateTexts = SearchValues.Create([.. _late.SelectMany(p => p.NeededTexts).Select(t => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(t)))], StringComparison.Ordinal);
    }

    /// <summary>No packs at all.</summary>
    public static PackSet Empty { get; } = new([]);

    /// <summary>The packs that ship with the product.</summary>
    public static PackSet BuiltIn => Shipped.Value;

    /// <summary>The packs in the order they are asked.</summary>
    public IReadOnlyList<ParserPack> Packs => _packs;

    /// <summary>A set with packs added; one of the same name is replaced, and among equal orders the new ones are asked first.</summary>
    public PackSet With(params IReadOnlyList<ParserPack> packs)
    {
        var names = packs.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return new PackSet(packs.Concat(_packs.Where(p => !names.Contains(p.Name))));
    }

    /// <summary>A set without a pack.</summary>
    public PackSet Without(string name) => new(_packs.Where(p => p.Name != name));

    /// <summary>Reads a line with the first pack that takes it.</summary>
    /// <returns>False when none does.</returns>
    public bool Read(in EventWriter to, ReadOnlySpan<byte> app, int message)
    {
        return Read(_early, to, app, message) || (MayTake(to.Raw) && Read(_late, to, app, message));
    }

    private static bool Read(ParserPack[] packs, in EventWriter to, ReadOnlySpan<byte> app, int message)
    {
        foreach (var pack in packs)
            if (pack.Takes(to.Raw, app, message))
            {
                pack.Read(to, message);
                return true;
            }
        return false;
    }

    private bool MayTake(ReadOnlySpan<byte> line)
    {
        if (_late.Length == 0) return false;
        if (line.Length > MostSearched) return true;
        Span<char> chars = stackalloc char[line.Length];
        Encoding.Latin1.GetChars(line, chars);
        return chars.IndexOfAny(_lateTexts) >= 0;
    }

    /// <summary>Texts of the shipped pack files by name.</summary>
    public static IEnumerable<(string Name, string Yaml)> ShippedFiles()
    {
        var assembly = typeof(PackSet).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("parsers/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            yield return (name["parsers/".Length..], new StreamReader(stream).ReadToEnd());
        }
    }

    private static PackSet LoadShipped()
    {
        var packs = new List<ParserPack>();
        foreach (var (name, yaml) in ShippedFiles())
        {
            var (definitions, problems) = PackReader.Read(yaml);
            if (problems.Count > 0) throw new InvalidOperationException($"The shipped pack {name} is broken at line {problems[0].Line}: {problems[0].Reason}");
            packs.AddRange(definitions.Select(ParserPack.Trusted));
        }
        return new PackSet(packs);
    }
}
