namespace Juming.Site.Detection.Alerts;

/// <summary>
/// The folds that may still grow: one per key, the newest. Bounded; the one that was changed longest ago is closed first. Used by the writer only,
/// batch after batch in the store's order, so that the same events always make the same alerts.
/// </summary>
internal sealed class FoldTable(int capacity = FoldTable.Capacity, long longest = Fold.Longest)
{
    /// <summary>Most folds that may grow at once.</summary>
    public const int Capacity = 65_536;

    private readonly Dictionary<Guid, LinkedListNode<Fold>> _byKey = [];
    private readonly LinkedList<Fold> _order = [];

    /// <summary>Number of open folds.</summary>
    public int Count => _byKey.Count;

    /// <summary>Takes in the fold of one batch.</summary>
    /// <returns>The fold that changed: the open one that took it in, or itself when it opens a new alert.</returns>
    public Fold Take(Fold fold)
    {
        if (_byKey.TryGetValue(fold.Key, out var node))
        {
            _order.Remove(node);
            _order.AddLast(node);
            if (node.Value.Takes(fold.First, fold.Last, longest))
            {
                node.Value.Merge(fold);
                node.Value.Sequence = fold.Sequence;
                return node.Value;
            }
            node.Value = fold;
            return fold;
        }
        if (_byKey.Count >= capacity)
        {
            _byKey.Remove(_order.First!.Value.Key);
            _order.RemoveFirst();
        }
        _byKey[fold.Key] = _order.AddLast(fold);
        return fold;
    }

    /// <summary>Puts a stored fold back at start; the newest of a key first.</summary>
    public void Restore(Fold fold)
    {
        if (_byKey.Count >= capacity || _byKey.ContainsKey(fold.Key)) return;
        _byKey[fold.Key] = _order.AddFirst(fold);
    }

    /// <summary>Forgets a fold that opened no alert after all.</summary>
    public void Forget(Fold fold)
    {
        if (!_byKey.TryGetValue(fold.Key, out var node) || !ReferenceEquals(node.Value, fold)) return;
        _byKey.Remove(fold.Key);
        _order.Remove(node);
    }
}
