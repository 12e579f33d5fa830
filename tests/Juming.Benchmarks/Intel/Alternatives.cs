using System.Numerics;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Benchmarks.Intel;

/// <summary>What the index was chosen over (decision 0007): keys alone, no values, so that only the structures differ.</summary>
internal static class Alternatives
{
    private const int Asked = 4_000_000;

    public static void Measure(Figures figures, IndicatorIndex index, ulong[] kept, string suffix)
    {
        var random = new Random(3);
        var asked = new ulong[Asked];
        for (var i = 0; i < Asked; i++) asked[i] = random.Next(1000) == 0 ? kept[random.Next(kept.Length)] : (ulong)random.NextInt64() * 3;
        var marks = new ulong[256];
        Print("lines_ahead", 21.6, () =>
        {
            var found = 0;
            for (var i = 0; i < Asked; i += 256) found += index.FindAll(asked.AsSpan(i, 256), marks);
            return found;
        });
        Print("lines_one_by_one", 21.6, () =>
        {
            var found = 0;
            for (var i = 0; i < Asked; i++) found += index.FindAll(asked.AsSpan(i, 1), marks);
            return found;
        });
        var flat = new ulong[BitOperations.RoundUpToPowerOf2((uint)(kept.Length / 0.7))];
        foreach (var key in kept)
        {
            var at = key >> 7 & (ulong)(flat.Length - 1);
            while (flat[at] != 0 && flat[at] != key) at = (at + 1) & (ulong)(flat.Length - 1);
            flat[at] = key;
        }
        Print("flat_hash", flat.Length * 8.0 / kept.Length, () => Flat(flat, asked));
        var sorted = kept.Order().ToArray();
        Print("sorted_interpolated", 8, () => Sorted(sorted, asked));
        var dictionary = kept.Distinct().ToDictionary(k => k, k => (uint)k);
        Print("dictionary", double.NaN, () => asked.Count(dictionary.ContainsKey));

        void Print(string name, double bytes, Func<int> run)
        {
            run();
            var cpu = Environment.CpuUsage.TotalTime;
            var found = run();
            var rate = Asked / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            if (found < Asked / 1100) throw new InvalidOperationException($"{name} found {found} only.");
            figures.Print($"keys_{name}{suffix}", rate, "1/s");
            if (double.IsFinite(bytes)) Figures.Note($"{name}: {bytes:0.0} bytes an indicator");
        }
    }

    /// <summary>Keys of a file of indicators as the index has them.</summary>
    public static ulong[] Keys(IEnumerable<IndicatorValue> values)
    {
        var digest = new byte[32];
        return [.. values.Select(v =>
        {
            var text = System.Text.Encoding.ASCII.GetBytes(v.Value);
            if (v.Kind == IndicatorKind.Domain) return IndicatorKeys.OfDomain(text);
            if (v.Kind == IndicatorKind.Url) return IndicatorKeys.OfUrl(text);
            if (v.Kind == IndicatorKind.Address && NetAddress.TryRead(text, out var address)) return IndicatorKeys.OfAddress(address);
            HexForm.TryRead(text, digest, out _);
            return IndicatorKeys.OfDigest(digest);
        })];
    }

    private static int Flat(ulong[] table, ulong[] asked)
    {
        var (found, mask) = (0, (ulong)(table.Length - 1));
        foreach (var key in asked)
        {
            var at = key >> 7 & mask;
            while (table[at] != 0 && table[at] != key) at = (at + 1) & mask;
            if (table[at] == key) found++;
        }
        return found;
    }

    private static int Sorted(ulong[] sorted, ulong[] asked)
    {
        var found = 0;
        foreach (var key in asked)
        {
            var guess = (int)Math.BigMul(key, (ulong)sorted.Length, out _);
            int low = Math.Max(0, guess - 2048), high = Math.Min(sorted.Length, guess + 2048);
            if (Array.BinarySearch(sorted, low, high - low, key) >= 0) found++;
        }
        return found;
    }
}
