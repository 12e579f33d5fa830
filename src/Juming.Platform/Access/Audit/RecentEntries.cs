namespace Juming.Platform.Access.Audit;

/// <summary>What was recorded in the last minutes, so that the parts of one look leave one entry. Bounded: what is forgotten early is recorded once more.</summary>
internal sealed class RecentEntries(TimeProvider clock)
{
    private const int Most = 512;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    private readonly Lock _turn = new();
    private readonly Queue<AuditEntry> _order = new();
    private readonly Dictionary<AuditEntry, DateTimeOffset> _at = [];

    public bool Contains(AuditEntry entry)
    {
        lock (_turn) return _at.TryGetValue(entry, out var at) && clock.GetUtcNow() - at < Fresh;
    }

    public void Add(AuditEntry entry)
    {
        lock (_turn)
        {
            if (!_at.ContainsKey(entry)) _order.Enqueue(entry);
            _at[entry] = clock.GetUtcNow();
            if (_order.Count > Most) _at.Remove(_order.Dequeue());
        }
    }
}
