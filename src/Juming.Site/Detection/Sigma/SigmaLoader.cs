using System.IO.Compression;
using System.Text;

namespace Juming.Site.Detection.Sigma;

/// <summary>A file, or a document of it, that can't be used.</summary>
/// <param name="File">File; within an archive "archive.zip!path".</param>
/// <param name="Line">Line, 1-based; 0 when the whole file is meant.</param>
/// <param name="Reason">Why, in English.</param>
internal sealed record Refusal(string File, int Line, string Reason);

/// <summary>Everything that was read, and everything that was not, with the reason.</summary>
internal sealed record LoadedRules
{
    /// <summary>Detection rules.</summary>
    public required IReadOnlyList<SigmaRule> Rules { get; init; }

    /// <summary>Correlations.</summary>
    public required IReadOnlyList<SigmaCorrelation> Correlations { get; init; }

    /// <summary>Filters.</summary>
    public required IReadOnlyList<SigmaFilter> Filters { get; init; }

    /// <summary>What was refused.</summary>
    public required IReadOnlyList<Refusal> Refused { get; init; }
}

/// <summary>
/// Reads rule files from folders and zip archives. Every document ends as a rule, a correlation, a filter or a refusal: nothing is lost silently.
/// Archives are read in memory and bounded; nothing is unpacked to disk. Not thread-safe.
/// </summary>
/// <param name="lists">What <c>%Name%</c> stands for in values with <c>expand</c>.</param>
internal sealed class SigmaLoader(IReadOnlyDictionary<string, IReadOnlyList<string>>? lists = null)
{
    /// <summary>Largest rule file, bytes.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Most entries of an archive.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Most unpacked bytes of an archive.</summary>
    public const long MaxArchiveBytes = 512L * 1024 * 1024;

    /// <summary>Highest ratio of unpacked to packed size; YAML text packs about 1:10.</summary>
    public const int MaxRatio = 100;

    /// <summary>Most documents of one load.</summary>
    public const int MaxDocuments = 50_000;

    private readonly SigmaReader _reader = new(lists ?? new Dictionary<string, IReadOnlyList<string>>());
    private readonly List<SigmaRule> _rules = [];
    private readonly List<SigmaCorrelation> _correlations = [];
    private readonly List<SigmaFilter> _filters = [];
    private readonly List<Refusal> _refused = [];
    private readonly Dictionary<string, SigmaDocument> _byId = new(StringComparer.OrdinalIgnoreCase);
    private int _documents;

    /// <summary>Reads files, folders (with what is below them) and zip archives.</summary>
    public static LoadedRules Load(IEnumerable<string> paths, IReadOnlyDictionary<string, IReadOnlyList<string>>? lists = null, CancellationToken ct = default)
    {
        var loader = new SigmaLoader(lists);
        foreach (var path in paths) loader.AddPath(path, ct);
        return loader.Loaded();
    }

    /// <summary>What has been read so far.</summary>
    public LoadedRules Loaded() => new() { Rules = [.. _rules], Correlations = [.. _correlations], Filters = [.. _filters], Refused = [.. _refused] };

    /// <summary>Reads a file, a folder or an archive.</summary>
    public void AddPath(string path, CancellationToken ct = default)
    {
        try
        {
            if (Directory.Exists(path))
                foreach (var file in Directory.EnumerateFiles(path, "*", Walk).Order(StringComparer.Ordinal))
                {
                    ct.ThrowIfCancellationRequested();
                    if (IsRuleFile(file) || IsArchive(file)) AddFile(file, ct);
                }
            else if (File.Exists(path)) AddFile(path, ct);
            else Refuse(path, 0, "the path does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(path, 0, "can't be read: " + e.Message);
        }
    }

    /// <summary>Reads rule text that comes from elsewhere than a file.</summary>
    public void AddText(string file, string text) => Register(Parse(file, text));

    /// <summary>What one file holds, in its order.</summary>
    private sealed record Parsed(string File, List<(SigmaDocument? Document, Refusal? Refusal)> Parts);

    /// <summary>Reads texts on all cores and registers them in their order, so that the outcome does not depend on timing.</summary>
    private void AddTexts(List<(string File, string Text)> texts)
    {
        var parsed = new Parsed[texts.Count];
        Parallel.For(0, texts.Count, i => parsed[i] = Parse(texts[i].File, texts[i].Text));
        foreach (var file in parsed) Register(file);
        texts.Clear();
    }

    private Parsed Parse(string file, string text)
    {
        var parsed = new Parsed(file, []);
        var documents = new List<YamlNode>();
        Refusal? broken = null;
        try
        {
            foreach (var document in YamlReader.Read(text)) documents.Add(document);
        }
        catch (SigmaRefusedException e)
        {
            broken = new Refusal(file, e.Line, e.Message);
        }
        if (broken is null && documents.TrueForAll(d => d.IsNull)) broken = new Refusal(file, 1, "the file holds no document");
        var lines = documents.Count > 1 ? text.Split('\n') : [];
        for (var i = 0; i < documents.Count; i++)
        {
            var document = documents[i];
            if (document.IsNull) continue;
            var end = i + 1 < documents.Count ? documents[i + 1].Line - 1 : lines.Length;
            try
            {
                parsed.Parts.Add((_reader.Read(document, file, lines.Length == 0 ? text : string.Join('\n', lines[(document.Line - 1)..end])), null));
            }
            catch (SigmaRefusedException e)
            {
                parsed.Parts.Add((null, new Refusal(file, e.Line, e.Message)));
            }
        }
        if (broken is not null) parsed.Parts.Add((null, broken));
        return parsed;
    }

    private static readonly EnumerationOptions Walk = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static bool IsRuleFile(string path) => path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);

    private static bool IsArchive(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private void AddFile(string file, CancellationToken ct)
    {
        try
        {
            if (IsArchive(file))
            {
                AddArchive(file, ct);
                return;
            }
            if (new FileInfo(file).Length > MaxFileBytes) Refuse(file, 0, $"larger than {MaxFileBytes} bytes");
            else AddText(file, File.ReadAllText(file, Encoding.UTF8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Refuse(file, 0, "can't be read: " + e.Message);
        }
    }

    private void AddArchive(string archive, CancellationToken ct)
    {
        using var zip = ZipFile.OpenRead(archive);
        if (zip.Entries.Count > MaxEntries)
        {
            Refuse(archive, 0, $"more than {MaxEntries} entries");
            return;
        }
        // Texts are read in portions, so that a large archive never lies unpacked in memory as a whole.
        const int portion = 512;
        var texts = new List<(string, string)>(portion);
        var budget = MaxArchiveBytes;
        foreach (var entry in zip.Entries)
        {
            ct.ThrowIfCancellationRequested();
            if (!IsRuleFile(entry.FullName)) continue;
            var name = archive + "!" + entry.FullName;
            if (Unsafe(entry) is { } reason) Refuse(name, 0, reason);
            else if (Unpack(entry, budget) is not { } text) Refuse(name, 0, $"larger than {MaxFileBytes} bytes, or packed more than {MaxRatio}:1, or the archive is larger than {MaxArchiveBytes} bytes");
            else
            {
                budget -= text.Length;
                texts.Add((name, text));
                if (texts.Count == portion) AddTexts(texts);
            }
        }
        AddTexts(texts);
    }

    private static string? Unsafe(ZipArchiveEntry entry)
    {
        var name = entry.FullName.Replace('\\', '/');
        if (name.StartsWith('/') || name.Contains(':') || name.Split('/').Contains("..")) return "the entry's name leads out of the archive";
        const int unixTypeMask = 0xF000, unixLink = 0xA000;
        if (((entry.ExternalAttributes >> 16) & unixTypeMask) == unixLink) return "the entry is a link";
        return null;
    }

    /// <summary>Unpacks with its own count: the sizes that an archive states are not believed.</summary>
    private static string? Unpack(ZipArchiveEntry entry, long budget)
    {
        var most = (int)Math.Min(MaxFileBytes, Math.Min(budget, Math.Max(65_536, entry.CompressedLength * MaxRatio)));
        using var stream = entry.Open();
        using var buffer = new MemoryStream();
        Span<byte> chunk = stackalloc byte[8192];
        for (int n; (n = stream.Read(chunk)) > 0;)
        {
            if (buffer.Length + n > most) return null;
            buffer.Write(chunk[..n]);
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)).TrimStart('\uFEFF');
    }

    private void Register(Parsed parsed)
    {
        foreach (var (document, refusal) in parsed.Parts)
            if (refusal is not null) _refused.Add(refusal);
            else if (++_documents > MaxDocuments) Refuse(parsed.File, document!.Line, $"more than {MaxDocuments} documents");
            else if (!_byId.TryAdd(document!.Id, document)) Refuse(parsed.File, document.Line, $"the id {document.Id} is already that of '{_byId[document.Id].Title}' in {_byId[document.Id].File}");
            else if (document is SigmaRule rule) _rules.Add(rule);
            else if (document is SigmaCorrelation correlation) _correlations.Add(correlation);
            else _filters.Add((SigmaFilter)document);
    }

    private void Refuse(string file, int line, string reason) => _refused.Add(new Refusal(file, line, reason));
}
