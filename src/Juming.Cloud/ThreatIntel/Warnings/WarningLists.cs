using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Warnings;

/// <summary>
/// Lists of values that are often named by mistake: resolvers, big sites, clouds, spiders. Built-in ones and MISP's from a folder. A value on one loses most of its confidence and
/// says so; it is not dropped.
/// </summary>
internal sealed class WarningLists
{
    private const int MostNamed = 5;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, List<string>> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<NetRange, List<string>> _networks = [];
    private readonly SortedSet<int> _lengthsV4 = [], _lengthsV6 = [];
    private readonly List<(string Part, string List)> _parts = [];
    private readonly List<(Regex Pattern, string List)> _patterns = [];

    public WarningLists(ThreatIntelSettings settings)
    {
        using var own = typeof(WarningLists).Assembly.GetManifestResourceStream("warninglists/common.json")!;
        using var lists = JsonDocument.Parse(own);
        foreach (var list in lists.RootElement.EnumerateArray()) Add(list);
        if (settings.WarningListFolder.Length == 0 || !Directory.Exists(settings.WarningListFolder)) return;
        foreach (var file in Directory.EnumerateFiles(settings.WarningListFolder, "*.json", SearchOption.AllDirectories)) AddFile(file);
    }

    /// <summary>Lists that were read.</summary>
    public int Count { get; private set; }

    /// <summary>Files that could not be read.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Names of the lists that hold a value, one a line; empty for none.</summary>
    public string Names(IndicatorValue value)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Find(_texts, value.Value, names);
        var host = HostOf(value);
        if (host.Length > 0)
        {
            if (NetRange.TryRead(System.Text.Encoding.ASCII.GetBytes(host), out var range)) Networks(range, names);
            else Hosts(host, names);
        }
        foreach (var (part, list) in _parts)
            if (value.Value.Contains(part, StringComparison.OrdinalIgnoreCase)) names.Add(list);
        foreach (var (pattern, list) in _patterns)
            if (Fits(pattern, value.Value)) names.Add(list);
        return string.Join('\n', names.Take(MostNamed));
    }

    private static string HostOf(IndicatorValue value)
    {
        if (value.Kind is IndicatorKind.Address or IndicatorKind.Network or IndicatorKind.Domain) return value.Value;
        // A page on a big site, or a mail address there, is not the site: of URLs only the bare site counts.
        if (value.Kind != IndicatorKind.Url || !value.Value.EndsWith('/') || value.Value.Count('/') != 3) return "";
        var bytes = System.Text.Encoding.ASCII.GetBytes(value.Value);
        return System.Text.Encoding.ASCII.GetString(bytes[UrlForm.HostOf(bytes)]);
    }

    private static void Find(Dictionary<string, List<string>> lists, string value, SortedSet<string> names)
    {
        if (lists.TryGetValue(value, out var found)) names.UnionWith(found);
    }

    private void Hosts(string host, SortedSet<string> names)
    {
        for (var at = 0; at >= 0; at = host.IndexOf('.', at) is >= 0 and var dot ? dot + 1 : -1)
            Find(_hosts, host[at..], names);
    }

    private void Networks(NetRange range, SortedSet<string> names)
    {
        foreach (var length in range.First.IsV4 ? _lengthsV4 : _lengthsV6)
        {
            if (length > range.Length) break;
            var mask = length == 0 ? 0 : UInt128.MaxValue << (range.First.Width - length);
            if (_networks.TryGetValue(new(new(range.First.Bits & mask, range.First.IsV4), length), out var found)) names.UnionWith(found);
        }
    }

    private static bool Fits(Regex pattern, string value)
    {
        try
        {
            return pattern.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private void AddFile(string file)
    {
        try
        {
            using var content = File.OpenRead(file);
            using var list = FeedJson.Parse(content);
            if (list.RootElement.String("name") is null) return;
            Add(list.RootElement);
        }
        catch (Exception e) when (e is FeedFailedException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Unreadable.Add(Path.GetFileName(file));
        }
    }

    private void Add(JsonElement list)
    {
        var (name, type) = (list.String("name") ?? "", list.String("type") ?? "string");
        Count++;
        foreach (var entry in list.List("list"))
            if (FeedJson.Of(entry) is { Length: > 0 } text) Add(text.Trim(), type, name);
    }

    private void Add(string text, string type, string name)
    {
        switch (type)
        {
            case "cidr" when NetRange.TryRead(System.Text.Encoding.UTF8.GetBytes(text), out var range):
                (range.First.IsV4 ? _lengthsV4 : _lengthsV6).Add(range.Length);
                Add(_networks, range, name);
                break;
            case "hostname":
                Add(_hosts, text.Trim('.'), name);
                break;
            case "string":
                // Lists of addresses and of names are often of this type.
                if (NetRange.TryRead(System.Text.Encoding.UTF8.GetBytes(text), out _)) Add(text, "cidr", name);
                else Add(_texts, text, name);
                break;
            case "substring":
                _parts.Add((text, name));
                break;
            case "regex":
                var slash = text.LastIndexOf('/');
                var body = text.StartsWith('/') && slash > 0 ? text[1..slash] : text;
                _patterns.Add((new Regex(body, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, LongestMatch), name));
                break;
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<string>> lists, TKey key, string name) where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var names)) lists[key] = names = [];
        if (!names.Contains(name)) names.Add(name);
    }
}
