namespace Juming.Site.Incidents.Grouping;

/// <summary>Finds open groups by the parties that they share with an alert. Bounded: the groups least recently used are forgotten first. Not thread-safe.</summary>
internal sealed class GroupIndex(int mostGroups)
{
    // A key that very many groups share (a gateway, a proxy) says little; only its latest groups are looked at.
    private const int MostPerKey = 64;

    private readonly Dictionary<Guid, OpenGroup> _groups = [];
    private readonly Dictionary<string, LinkedList<Guid>> _byKey = new(StringComparer.Ordinal);
    private long _uses;

    public int Count => _groups.Count;

    public OpenGroup? Find(Guid id) => _groups.GetValueOrDefault(id);

    public void Add(OpenGroup group)
    {
        _groups[group.Id] = group;
        foreach (var key in group.Keys) Link(key, group.Id);
        Use(group);
        if (_groups.Count > mostGroups) Forget(mostGroups / 10);
    }

    /// <summary>Notes that a group was used and which keys are new to it.</summary>
    public void Learned(OpenGroup group, List<string> fresh)
    {
        foreach (var key in fresh) Link(key, group.Id);
        Use(group);
    }

    public void Remove(Guid id)
    {
        if (!_groups.Remove(id, out var group)) return;
        foreach (var key in group.Keys)
            if (_byKey.TryGetValue(key, out var list) && list.Remove(id) && list.Count == 0) _byKey.Remove(key);
    }

    /// <summary>The group with the strongest bond to an alert; among equals the one that was active last.</summary>
    public (OpenGroup Group, Bond Bond)? Best(AlertFacts alert, Func<OpenGroup, Bond?> bond)
    {
        (OpenGroup Group, Bond Bond)? best = null;
        var seen = new HashSet<Guid>();
        foreach (var key in Keys(alert))
        {
            if (!_byKey.TryGetValue(key, out var list)) continue;
            var looked = 0;
            for (var node = list.Last; node is not null && looked++ < MostPerKey; node = node.Previous)
            {
                if (!seen.Add(node.Value)) continue;
                var group = _groups[node.Value];
                if (bond(group) is not { } found) continue;
                // An incident outweighs alerts that only wait.
                if (best is not { } b || (group.IsIncident, found.Kind, group.Last).CompareTo((b.Group.IsIncident, b.Bond.Kind, b.Group.Last)) > 0) best = (group, found);
            }
        }
        return best;
    }

    private static IEnumerable<string> Keys(AlertFacts alert)
    {
        if (alert.AttackerKey is { } attacker) yield return attacker;
        foreach (var key in alert.Targets) yield return key;
        foreach (var key in alert.AttackerAsTarget) yield return key;
        if (alert.AccountKey is { } account) yield return account;
    }

    private void Link(string key, Guid id)
    {
        if (!_byKey.TryGetValue(key, out var list)) _byKey[key] = list = new LinkedList<Guid>();
        if (list.Last?.Value != id) list.AddLast(id);
    }

    private void Use(OpenGroup group) => group.Used = ++_uses;

    private void Forget(int some)
    {
        foreach (var group in _groups.Values.OrderBy(g => g.Used).Take(some).ToList()) Remove(group.Id);
    }
}
