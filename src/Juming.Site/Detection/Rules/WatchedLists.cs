using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Juming.Platform.Data;
using Juming.Site.Watching;

namespace Juming.Site.Detection.Rules;

/// <summary>
/// The watch list as value lists of rules: <c>%watched_addresses%</c> (with <c>cidr|expand</c>, for it holds networks too), <c>%watched_hosts%</c>,
/// <c>%watched_accounts%</c>. A change of the list compiles the rules anew only where one of them names it.
/// </summary>
internal sealed class WatchedLists(IWatchList? watches = null)
{
    /// <summary>How often the list is looked at; it lies in memory.</summary>
    public static readonly TimeSpan LookEach = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<WatchKind, string> Names = new() { [WatchKind.Address] = "watched_addresses", [WatchKind.Host] = "watched_hosts", [WatchKind.Account] = "watched_accounts" };

    private volatile IReadOnlyDictionary<string, IReadOnlyList<string>> _compiled = new Dictionary<string, IReadOnlyList<string>>();
    private volatile bool _isNamed;

    /// <summary>True for a name that the watch list has taken.</summary>
    public static bool Takes(string name) => Names.Values.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists that people fill, and over them those of the watch list.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Over(IReadOnlyDictionary<string, IReadOnlyList<string>> lists, IReadOnlyDictionary<string, IReadOnlyList<string>> watched) =>
        lists.Where(l => !Takes(l.Key)).Concat(watched).ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is watched at present, by the lists' names; those that hold nothing are left out.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Now(CancellationToken ct)
    {
        var all = watches is null ? [] : await watches.All(ct);
        return all.GroupBy(w => Names[w.Kind]).ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g.Select(w => w.Value).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>The rules were compiled with these.</summary>
    public void Note(IReadOnlyDictionary<string, IReadOnlyList<string>> compiled) => _compiled = compiled;

    /// <summary>Lists that take down whether a rule names one of the watch list.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Listening(IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
    {
        _isNamed = false;
        return new Listener(lists, name => _isNamed |= Takes(name));
    }

    /// <summary>True when a rule names the watch list and it is another than the rules were compiled with.</summary>
    public async Task<bool> HaveChanged(CancellationToken ct)
    {
        if (!_isNamed) return false;
        try
        {
            var (now, compiled) = (await Now(ct), _compiled);
            return now.Count != compiled.Count || now.Any(l => !compiled.TryGetValue(l.Key, out var was) || !was.SequenceEqual(l.Value));
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            // Read from the database once; the next look tries again.
            return false;
        }
    }

    private sealed class Listener(IReadOnlyDictionary<string, IReadOnlyList<string>> lists, Action<string> hear) : IReadOnlyDictionary<string, IReadOnlyList<string>>
    {
        public IReadOnlyList<string> this[string key] => lists[key];

        public IEnumerable<string> Keys => lists.Keys;

        public IEnumerable<IReadOnlyList<string>> Values => lists.Values;

        public int Count => lists.Count;

        public bool ContainsKey(string key) => lists.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out IReadOnlyList<string> value)
        {
            hear(key);
            return lists.TryGetValue(key, out value);
        }

        public IEnumerator<KeyValuePair<string, IReadOnlyList<string>>> GetEnumerator() => lists.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
