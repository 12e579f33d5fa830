using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>
/// Turns networks, some inside others, into segments that don't overlap: each begins at an address and goes on to the next; zero where no network lies. Of nested
/// networks the narrowest counts.
/// </summary>
internal static class NetworkSegments
{
    public static (List<UInt128> Starts, List<ulong> Marks) Of(IEnumerable<(NetRange Range, ulong Mark)> networks)
    {
        var (starts, marks) = (new List<UInt128>(), new List<ulong>());
        var open = new Stack<(UInt128 Last, ulong Mark)>();
        foreach (var (range, mark) in networks.OrderBy(n => n.Range.First.Bits).ThenBy(n => n.Range.Length))
        {
            while (open.Count > 0 && open.Peek().Last < range.First.Bits) Leave();
            Begin(range.First.Bits, mark);
            open.Push((range.Last.Bits, mark));
        }
        while (open.Count > 0) Leave();
        return (starts, marks);

        void Leave()
        {
            var last = open.Pop().Last;
            // Behind the very last address nothing begins.
            if (last != UInt128.MaxValue) Begin(last + 1, open.Count == 0 ? 0 : open.Peek().Mark);
        }

        void Begin(UInt128 at, ulong mark)
        {
            if (starts.Count > 0 && starts[^1] == at) marks[^1] = mark;
            else
            {
                starts.Add(at);
                marks.Add(mark);
            }
        }
    }

    /// <summary>For each first half of an IPv4 address the number of segments that begin before it, and the number of all.</summary>
    public static uint[] TopOf(IReadOnlyList<uint> starts)
    {
        var top = new uint[65536 + 1];
        var at = 0;
        for (var half = 0; half < 65536; half++)
        {
            while (at < starts.Count && starts[at] < (uint)half << 16) at++;
            top[half] = (uint)at;
        }
        top[65536] = (uint)starts.Count;
        return top;
    }
}
