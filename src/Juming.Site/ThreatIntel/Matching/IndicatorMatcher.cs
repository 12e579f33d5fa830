using System.Text;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Sets;

namespace Juming.Site.ThreatIntel.Matching;

/// <summary>Asks indicators about all events of a batch together. Almost all batches end with the look-up; only hits cost more. One worker's own.</summary>
internal sealed class IndicatorMatcher(FindingMaker maker, int leastConfidence)
{
    // What one indicator is hit by in thousands of events is read from its file once.
    private const int MostKept = 1024;

    private readonly IndicatorProbe _probe = new();
    private readonly Dictionary<(byte Place, ulong Mark), Known?> _known = [];
    private readonly HashSet<(int Event, Guid Indicator)> _told = [];
    private IndicatorView _view = IndicatorView.Empty;

    private sealed record Known(IndexedIndicator Indicator, bool IsOwn, byte[] Value, DateTimeOffset? Until);

    /// <summary>Tells what the events of a batch are hit by; each indicator once an event.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="code">Code of the findings.</param>
    /// <param name="inForce">What is asked.</param>
    /// <param name="now">What ended before says nothing.</param>
    /// <param name="findings">Takes them.</param>
    public void Match(EventBatch batch, string code, InForceNow inForce, DateTimeOffset now, IFindings findings)
    {
        if (!ReferenceEquals(_view, inForce.View) || _known.Count > MostKept)
        {
            _known.Clear();
            _view = inForce.View;
        }
        _probe.Begin(_view);
        foreach (ref readonly var header in batch.Events) EventValues.Add(batch, header, _probe);
        var hits = _probe.Run();
        if (hits.IsEmpty) return;
        _told.Clear();
        foreach (ref readonly var hit in hits)
        {
            if (hit.Mark.Confidence < leastConfidence || Of(hit) is not { } known || known.Until <= now) continue;
            if (inForce.Mutes.TryGetValue(known.Indicator.Value, out var mutedUntil) && mutedUntil > now) continue;
            var at = EventOf(batch, hit.Tag);
            if (_told.Contains((at, known.Indicator.Id)) || !EventValues.Stands(batch, batch.Events[at], hit.Tag, hit.Mark, known.Value)) continue;
            _told.Add((at, known.Indicator.Id));
            ref readonly var field = ref batch.Fields[hit.Tag];
            findings.Add(at, maker.Make(code, (known.Indicator, known.IsOwn), field.Id, Encoding.UTF8.GetString(batch.Value(field)), id => batch.Text(at, id)));
        }
    }

    private Known? Of(in IndicatorHit hit)
    {
        if (_known.TryGetValue((hit.Place, hit.Mark.Bits), out var known)) return known;
        if (_view.Resolve(hit) is var (indicator, isOwn)) known = new Known(indicator, isOwn, Encoding.UTF8.GetBytes(indicator.Value.Value), IndicatorFacts.Of(indicator).Until);
        return _known[(hit.Place, hit.Mark.Bits)] = known;
    }

    /// <summary>The event that a field belongs to: events lie one after the other.</summary>
    private static int EventOf(EventBatch batch, int field)
    {
        var (low, high) = (0, batch.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (batch.Events[middle].FirstField <= field) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}
