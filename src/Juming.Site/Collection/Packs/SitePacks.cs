using System.Text;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Packs;

/// <summary>
/// The packs of the site's folder beside those that ship. Every change of a file makes one new set that is swapped in whole; a file that breaks
/// is told with line and reason, and what it held before stays in force.
/// </summary>
internal sealed partial class SitePacks(string folder, Action<PackSet> putInForce, ILogger<SitePacks> log)
{
    /// <summary>Most files that are read, by name.</summary>
    public const int MostFiles = 500;

    /// <summary>Field names are numbered for the life of the process; packs of the site may add this many.</summary>
    public const int MostNewNames = 4000;

    private const int MostBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _newNames = new(StringComparer.Ordinal);
    private Dictionary<string, PackFile> _files = new(StringComparer.Ordinal);
    private volatile State _state = new(PackSet.BuiltIn, [.. ShippedEntries(PackSet.BuiltIn)]);

    /// <summary>The folder of the site's packs.</summary>
    public string Folder => folder;

    /// <summary>The set in force.</summary>
    public PackSet InForce => _state.Set;

    /// <summary>All packs, those of the site first, and what became of each.</summary>
    public IReadOnlyList<PackEntry> Entries => _state.Entries;

    /// <summary>Reads files that are new or have changed and puts the outcome in force.</summary>
    /// <returns>True when something changed.</returns>
    public bool Refresh()
    {
        lock (_gate)
        {
            var (now, changed) = Scan();
            if (!changed) return false;
            _files = now;
            var state = Judge(now);
            _state = state;
            putInForce(state.Set);
            LogLoaded(log, state.Entries.Count(e => e is { Origin: PackOrigin.Site, State: PackState.InForce }));
            foreach (var refused in state.Entries.Where(e => e.State == PackState.Refused))
                LogRefused(log, refused.File ?? refused.Name, refused.Problems[0].Line, refused.Problems[0].Reason);
            return true;
        }
    }

    /// <summary>Reads and compiles one text within the limits of this site.</summary>
    /// <param name="yaml">The text of a pack file.</param>
    /// <param name="trial">It is only tried: keys of lines that the pack does not name make no new fields.</param>
    public (IReadOnlyList<ParserPack> Packs, IReadOnlyList<PackProblem> Problems) Compile(string yaml, bool trial)
    {
        var (definitions, found) = PackReader.Read(yaml);
        var problems = found.ToList();
        var packs = new List<ParserPack>();
        foreach (var definition in definitions)
        {
            if (!AdmitNames(definition))
            {
                problems.Add(new PackProblem(1, $"{definition.Name}: packs of the site may add at most {MostNewNames} field names; use fewer names of your own"));
                continue;
            }
            var (pack, refused) = ParserPack.Compile(definition, trial);
            if (pack is not null) packs.Add(pack);
            problems.AddRange(refused);
        }
        return (packs, problems);
    }

    /// <summary>Highest version of a name that ships or stands in the folder, 0 for none.</summary>
    public int HighestVersion(string name) => Entries.Where(e => e.Name == name).Select(e => e.Version).DefaultIfEmpty(0).Max();

    private bool AdmitNames(PackDefinition definition)
    {
        lock (_newNames)
        {
            var names = definition.Fields.Values.SelectMany(f => new[] { f.To, f.Also }).Concat(definition.Set.Keys).OfType<string>().Where(n => FieldNames.Find(n) == 0).ToHashSet(StringComparer.Ordinal);
            names.ExceptWith(_newNames);
            if (_newNames.Count + names.Count > MostNewNames) return false;
            _newNames.UnionWith(names);
            return true;
        }
    }

    private (Dictionary<string, PackFile> Files, bool Changed) Scan()
    {
        var now = new Dictionary<string, PackFile>(StringComparer.Ordinal);
        var changed = false;
        var found = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*.yaml").Where(f => !f.Name.StartsWith('.')).OrderBy(f => f.Name, StringComparer.Ordinal).Take(MostFiles).ToList() : [];
        foreach (var file in found)
        {
            var before = _files.GetValueOrDefault(file.Name);
            var stamp = (file.LastWriteTimeUtc.Ticks, file.Length);
            if (before is not null && before.Stamp == stamp)
            {
                now[file.Name] = before;
                continue;
            }
            changed = true;
            var (packs, problems) = ReadFile(file);
            // Half a file is worse than the old one: a text with any problem changes nothing.
            now[file.Name] = problems.Count > 0 ? new PackFile(stamp, before?.Packs ?? [], problems) : new PackFile(stamp, packs, []);
        }
        return (now, changed || now.Count != _files.Count);
    }

    private (IReadOnlyList<ParserPack> Packs, IReadOnlyList<PackProblem> Problems) ReadFile(FileInfo file)
    {
        if (file.Length > MostBytes) return ([], [new PackProblem(1, $"the file has {file.Length} bytes; at most {MostBytes} are read")]);
        try
        {
            return Compile(new UTF8Encoding(false, true).GetString(File.ReadAllBytes(file.FullName)), trial: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return ([], [new PackProblem(1, e is DecoderFallbackException ? "the file is not UTF-8 text" : e.Message)]);
        }
    }

    private static State Judge(Dictionary<string, PackFile> files)
    {
        var entries = new List<PackEntry>();
        var best = new Dictionary<string, (ParserPack Pack, string File)>(StringComparer.Ordinal);
        foreach (var (file, content) in files)
        {
            if (content.Problems.Count > 0) entries.Add(new PackEntry(content.Packs.Count > 0 ? content.Packs[0].Name : file, content.Packs.Count > 0 ? content.Packs[0].Definition.Version : 0, PackOrigin.Site, file, PackState.Refused, null, content.Problems));
            foreach (var pack in content.Packs)
                if (!best.TryGetValue(pack.Name, out var other) || other.Pack.Definition.Version < pack.Definition.Version) best[pack.Name] = (pack, file);
        }
        var shipped = PackSet.BuiltIn.Packs.ToDictionary(p => p.Name, p => p.Definition.Version, StringComparer.Ordinal);
        foreach (var (file, content) in files)
            foreach (var pack in content.Packs)
                entries.Add(Entry(pack, file, best[pack.Name], shipped.GetValueOrDefault(pack.Name)));
        var winners = entries.Where(e => e is { State: PackState.InForce, Pack: not null }).Select(e => e.Pack!).ToList();
        var set = PackSet.BuiltIn.With(winners);
        return new State(set, [.. entries.OrderBy(e => e.State != PackState.Refused).ThenBy(e => e.Name, StringComparer.Ordinal).ThenByDescending(e => e.Version), .. ShippedEntries(set)]);
    }

    private static PackEntry Entry(ParserPack pack, string file, (ParserPack Pack, string File) best, int shippedVersion)
    {
        var version = pack.Definition.Version;
        if (shippedVersion >= version) return new PackEntry(pack.Name, version, PackOrigin.Site, file, PackState.Overridden, pack, [new PackProblem(1, $"version {shippedVersion} ships with the product; raise 'version' above it to take its place")]);
        if (ReferenceEquals(best.Pack, pack)) return new PackEntry(pack.Name, version, PackOrigin.Site, file, PackState.InForce, pack, []);
        return new PackEntry(pack.Name, version, PackOrigin.Site, file, PackState.Overridden, pack, [new PackProblem(1, $"version {best.Pack.Definition.Version} in {best.File} is in force")]);
    }

    private static IEnumerable<PackEntry> ShippedEntries(PackSet set)
    {
        var inForce = set.Packs.ToDictionary(p => p.Name, p => p, StringComparer.Ordinal);
        return PackSet.BuiltIn.Packs.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => inForce[p.Name] is var now && ReferenceEquals(now, p)
            ? new PackEntry(p.Name, p.Definition.Version, PackOrigin.Shipped, null, PackState.InForce, p, [])
            : new PackEntry(p.Name, p.Definition.Version, PackOrigin.Shipped, null, PackState.Overridden, p, [new PackProblem(1, $"version {now.Definition.Version} of the site is in force")]));
    }

    private sealed record PackFile((long, long) Stamp, IReadOnlyList<ParserPack> Packs, IReadOnlyList<PackProblem> Problems);

    private sealed record State(PackSet Set, IReadOnlyList<PackEntry> Entries);

    [LoggerMessage(Level = LogLevel.Information, Message = "Parser packs are in force; {Count} of them are the site's")]
    private static partial void LogLoaded(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Parser pack {File} is refused at line {Line}: {Reason}")]
    private static partial void LogRefused(ILogger log, string file, int line, string reason);
}
