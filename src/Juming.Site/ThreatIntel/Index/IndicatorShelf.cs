using System.Globalization;
using System.Text;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>
/// The folder of sets: the one in use and the one before. A change is the renaming of one small file that names both, so that after a power cut one of the two is in use, whole.
/// One writer at a time; readers take <see cref="Current"/> and keep it as long as they like.
/// </summary>
internal sealed class IndicatorShelf
{
    private const string Pointer = "current";

    private readonly string _folder;
    private readonly Lock _turn = new();
    private volatile IndicatorIndex? _current;
    private Guid? _previous;

    /// <summary>Opens the folder. Where the set in use can't be read, the one before is taken, and <see cref="Refused"/> says why.</summary>
    public IndicatorShelf(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        var names = Names();
        foreach (var name in names)
        {
            try
            {
                _current = Load(name);
                break;
            }
            catch (IndicatorFileException e)
            {
                Refused ??= e.Message;
            }
        }
        if (names.Count == 2 && _current is { } current && current.Set == names[0]) _previous = names[1];
        Sweep();
    }

    /// <summary>The set in use; null while there is none.</summary>
    public IndicatorIndex? Current => _current;

    /// <summary>There is a set to go back to.</summary>
    public bool CanRollBack => _previous is not null;

    /// <summary>Why the set that should be in use is not; null when it is.</summary>
    public string? Refused { get; private set; }

    /// <summary>Takes a finished set into use; the one of before is kept, the one before that goes.</summary>
    /// <param name="set">The set.</param>
    /// <param name="instead">It says the same as the one in use and takes its place: the one before stays the one to go back to.</param>
    /// <exception cref="IndicatorFileException">The set is not whole; the one in use stays.</exception>
    public void Use(Guid set, bool instead = false)
    {
        lock (_turn)
        {
            var next = Load(set);
            var previous = instead ? _previous : _current?.Set;
            Point(previous is { } p ? [set, p] : [set]);
            (_current, _previous, Refused) = (next, previous, null);
            Sweep();
        }
    }

    /// <summary>Goes back to the set before; false when there is none.</summary>
    /// <exception cref="IndicatorFileException">That set is not whole; the one in use stays.</exception>
    public bool RollBack()
    {
        lock (_turn)
        {
            if (_previous is not { } previous) return false;
            var next = Load(previous);
            Point([previous]);
            (_current, _previous) = (next, null);
            Sweep();
            return true;
        }
    }

    /// <summary>Begins a set in this folder.</summary>
    public IndexBuilder Build(long version = 0) => new(_folder, version);

    internal static string IndexFile(string folder, Guid set) => Path.Combine(folder, set.ToString("N") + ".index");

    internal static string ValuesFile(string folder, Guid set) => Path.Combine(folder, set.ToString("N") + ".values");

    private IndicatorIndex Load(Guid set) => IndicatorIndex.Open(IndexFile(_folder, set), ValuesFile(_folder, set));

    private List<Guid> Names()
    {
        var file = Path.Combine(_folder, Pointer);
        if (!File.Exists(file)) return [];
        var names = File.ReadAllLines(file).Select(l => Guid.TryParseExact(l, "N", out var name) ? name : Guid.Empty).ToList();
        if (names.Count is 1 or 2 && !names.Contains(Guid.Empty)) return names;
        Refused = $"{Pointer} does not name a set.";
        return [];
    }

    private void Point(IReadOnlyList<Guid> sets)
    {
        var file = Path.Combine(_folder, Pointer);
        using (var stream = new FileStream(file + ".new", FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.ASCII.GetBytes(string.Join('\n', sets.Select(s => s.ToString("N", CultureInfo.InvariantCulture))) + "\n"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Removes sets that nothing names: older ones, and those whose building broke off.</summary>
    private void Sweep()
    {
        // While the pointer can't be read, nobody knows which of them somebody may want back.
        if (Refused is not null) return;
        Guid?[] kept = [_current?.Set, _previous];
        foreach (var file in Directory.GetFiles(_folder).Where(f => Path.GetExtension(f) is ".index" or ".values"))
        {
            if (!Guid.TryParseExact(Path.GetFileNameWithoutExtension(file), "N", out var set) || kept.Contains(set)) continue;
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Windows keeps what is still mapped; the next sweep takes it.
                continue;
            }
        }
    }
}
