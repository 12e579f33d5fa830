namespace Juming.Site.Blocking.Protection;

/// <summary>A range that must not be blocked.</summary>
/// <param name="Kind">Code of what it is: "gateway", "loopback", "partner".</param>
/// <param name="Range">The addresses.</param>
/// <param name="Until">When the protection ends; null for never.</param>
internal sealed record Protection(string Kind, AddressRange Range, DateTimeOffset? Until = null)
{
    /// <summary>"gateway 10.0.0.1".</summary>
    public string Entry => $"{Kind} {Range}";
}

/// <summary>Protected ranges in order, so that an overlap is found by one binary search and a short walk. Never changes; a new one takes its place.</summary>
internal sealed class ProtectedIndex
{
    private readonly Protection[] _sorted;

    // The highest last address of all up to here: where it lies below the target, nothing further left can reach it.
    private readonly UInt128[] _reach;

    public ProtectedIndex(IEnumerable<Protection> all)
    {
        // Of those that begin alike the narrowest comes last, and is found first: it says most.
        _sorted = [.. all.OrderBy(p => p.Range.First).ThenByDescending(p => p.Range.Last)];
        _reach = new UInt128[_sorted.Length];
        for (var i = 0; i < _sorted.Length; i++) _reach[i] = i == 0 ? _sorted[i].Range.Last : UInt128.Max(_reach[i - 1], _sorted[i].Range.Last);
    }

    public int Count => _sorted.Length;

    public IReadOnlyList<Protection> All => _sorted;

    /// <summary>A protection that shares an address with the range; null for none.</summary>
    public Protection? Find(AddressRange range, DateTimeOffset now) => FindAll(range, now).FirstOrDefault();

    /// <summary>All protections that share an address with the range, the nearest first.</summary>
    public IEnumerable<Protection> FindAll(AddressRange range, DateTimeOffset now)
    {
        int low = 0, high = _sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle].Range.First <= range.Last) low = middle + 1;
            else high = middle;
        }
        for (var i = low - 1; i >= 0 && _reach[i] >= range.First; i--)
            if (_sorted[i].Range.Last >= range.First && (_sorted[i].Until is not { } until || until > now)) yield return _sorted[i];
    }
}
