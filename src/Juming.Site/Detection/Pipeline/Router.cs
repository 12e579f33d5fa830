using System.Text;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Finds the log sources that an event belongs to, by look-ups of a few fields.</summary>
internal sealed class Router
{
    private readonly Entrance[] _entrances;

    private sealed record Way(Lane Lane, (Slot Slot, byte[][] Values)[] Checks);

    private sealed record Entrance(ushort Field, Way[] Any, ByteTable<Way[]>? ByValue);

    /// <summary>Files the doors of all lanes.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="slot">Makes a slot of a field name; the flag says that it is a Windows name.</param>
    public Router(IEnumerable<Lane> lanes, Func<string, bool, Slot> slot)
    {
        var any = new Dictionary<string, List<Way>>(StringComparer.Ordinal);
        var byValue = new Dictionary<string, Dictionary<string, List<Way>>>(StringComparer.Ordinal);
        foreach (var lane in lanes)
            foreach (var door in lane.Plan.Doors)
            {
                var first = door.Tests[0];
                var way = new Way(lane, [.. door.Tests.Skip(1).Select(t => (slot(t.Field, lane.Plan.IsWindows), t.Values.Select(v => Bytes.Lower(Encoding.UTF8.GetBytes(v))).ToArray()))]);
                if (first.Values.Count == 0) ListOf(any, first.Field).Add(way);
                else
                {
                    if (!byValue.TryGetValue(first.Field, out var values)) byValue[first.Field] = values = new Dictionary<string, List<Way>>(StringComparer.Ordinal);
                    foreach (var value in first.Values.Select(v => v.ToLowerInvariant()).Distinct()) ListOf(values, value).Add(way);
                }
            }
        _entrances = [.. any.Keys.Union(byValue.Keys).Select(field => new Entrance(
            FieldNames.Intern(field),
            any.TryGetValue(field, out var ways) ? [.. ways] : [],
            byValue.TryGetValue(field, out var table) ? new ByteTable<Way[]>([.. table.Select(e => KeyValuePair.Create(Encoding.UTF8.GetBytes(e.Key), e.Value.ToArray()))]) : null))];
    }

    /// <summary>Adds the lanes of the event at hand, each once.</summary>
    /// <returns>How many were added.</returns>
    public int Route(MatchScratch scratch, Lane[] lanes)
    {
        var count = 0;
        foreach (var entrance in _entrances)
        {
            var at = scratch.FirstOf(entrance.Field);
            if (at < 0) continue;
            foreach (var way in entrance.Any) count = Enter(scratch, way, lanes, count);
            if (entrance.ByValue is null) continue;
            ref readonly var header = ref scratch.Batch.Events[scratch.Index];
            var fields = scratch.Batch.Fields;
            var end = header.FirstField + header.FieldCount;
            for (; at < end; at++)
            {
                if (fields[at].Id != entrance.Field) continue;
                if (entrance.ByValue.Find(scratch.LowerOf(fields[at])) is { } ways)
                    foreach (var way in ways) count = Enter(scratch, way, lanes, count);
                if (!scratch.Repeats(entrance.Field)) break;
            }
        }
        return count;
    }

    private static int Enter(MatchScratch scratch, Way way, Lane[] lanes, int count)
    {
        for (var i = 0; i < count; i++) if (ReferenceEquals(lanes[i], way.Lane)) return count;
        foreach (var (slot, values) in way.Checks)
            if (!Fits(scratch, slot, values)) return count;
        lanes[count++] = way.Lane;
        return count;
    }

    private static bool Fits(MatchScratch scratch, Slot slot, byte[][] values)
    {
        ref var state = ref scratch.Resolve(slot);
        if (values.Length == 0) return state.Count > 0;
        for (var i = state.First; i < state.First + state.Count; i++)
        {
            var lower = scratch.Lower(ref scratch.Value(i));
            foreach (var value in values) if (lower.SequenceEqual(value)) return true;
        }
        return false;
    }

    private static List<Way> ListOf(Dictionary<string, List<Way>> map, string key)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        return list;
    }
}
