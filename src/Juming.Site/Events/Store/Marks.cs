namespace Juming.Site.Events.Store;

/// <summary>
/// The durable marks in memory. Marks that expire are kept by group (their key up to the second colon: one sender's idempotency keys), each
/// group with its newest only, so that no sender can fill the memory.
/// </summary>
internal sealed class Marks(int mostPerGroup)
{
    private readonly Dictionary<string, (string Value, long Expires)> _marks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<(string Key, long Expires)>> _groups = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Marks in memory.</summary>
    public int Count
    {
        get { lock (_gate) return _marks.Count; }
    }

    /// <summary>Sets a mark; the oldest of its group goes when there are too many.</summary>
    public void Set(string key, string value, long expires)
    {
        lock (_gate)
        {
            _marks[key] = (value, expires);
            if (expires == long.MaxValue) return;
            var name = GroupOf(key);
            if (!_groups.TryGetValue(name, out var group)) _groups[name] = group = new Queue<(string, long)>();
            group.Enqueue((key, expires));
            if (group.Count > mostPerGroup) Forget(group.Dequeue());
        }
    }

    /// <summary>The value of a mark that is alive, or null.</summary>
    public string? Get(string key, long now)
    {
        lock (_gate) return _marks.TryGetValue(key, out var mark) && mark.Expires > now ? mark.Value : null;
    }

    /// <summary>Marks that are alive, by the beginning of their keys.</summary>
    public IReadOnlyDictionary<string, string> StartingWith(string prefix, long now)
    {
        lock (_gate) return _marks.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal) && m.Value.Expires > now).ToDictionary(m => m.Key, m => m.Value.Value);
    }

    /// <summary>Forgets what has expired.</summary>
    public void Expire(long now)
    {
        lock (_gate)
            foreach (var (name, group) in _groups.ToList())
            {
                while (group.TryPeek(out var oldest) && oldest.Expires <= now) Forget(group.Dequeue());
                if (group.Count == 0) _groups.Remove(name);
            }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _marks.Clear();
            _groups.Clear();
        }
    }

    private void Forget((string Key, long Expires) entry)
    {
        // A mark that was set again has a later entry of its own.
        if (_marks.TryGetValue(entry.Key, out var mark) && mark.Expires == entry.Expires) _marks.Remove(entry.Key);
    }

    private static string GroupOf(string key)
    {
        var first = key.IndexOf(':', StringComparison.Ordinal);
        var second = first < 0 ? -1 : key.IndexOf(':', first + 1);
        return second < 0 ? key[..(first + 1)] : key[..second];
    }
}
