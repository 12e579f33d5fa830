namespace Juming.Site.Overview.Workbench;

/// <summary>Remembers until when people looked at their workbench. A restart forgets it; then the last day counts as not seen.</summary>
internal sealed class LastVisits
{
    private const int MostPeople = 10_000;

    // Somebody who was away for as long comes back; a shorter pause is the same visit.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset Before, DateTimeOffset Last)> _visits = new(StringComparer.Ordinal);

    /// <summary>When the visit before this one ended; notes that the person looks now.</summary>
    public DateTimeOffset Before(string person, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_visits.TryGetValue(person, out var visit)) visit = (now.AddDays(-1), now);
            else if (now - visit.Last > Pause) visit.Before = visit.Last;
            if (_visits.Count >= MostPeople && !_visits.ContainsKey(person)) _visits.Remove(_visits.MinBy(v => v.Value.Last).Key);
            _visits[person] = visit with { Last = now };
            return visit.Before;
        }
    }
}
