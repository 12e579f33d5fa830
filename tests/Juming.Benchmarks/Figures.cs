using System.Globalization;

namespace Juming.Benchmarks;

/// <summary>Prints one line a figure: JSON with <c>--json</c>, a table row otherwise.</summary>
internal sealed class Figures(string bench, bool json)
{
    /// <summary>Prints a figure, beside a peer's where one was measured in the same run.</summary>
    /// <param name="metric">Stable name.</param>
    /// <param name="value">The value.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="peer">Who was measured beside it, or null.</param>
    /// <param name="peerValue">The peer's value in the same unit.</param>
    /// <param name="goal">What it should reach, such as "at least 60000"; printed only for people.</param>
    public void Print(string metric, double value, string unit, string? peer = null, double? peerValue = null, string? goal = null)
    {
        var ratio = peerValue is > 0 ? value / peerValue : null;
        if (json)
        {
            var name = peer is null ? "null" : $"\"{peer}\"";
            Console.WriteLine($"{{\"bench\":\"{bench}\",\"metric\":\"{metric}\",\"value\":{Number(value)},\"unit\":\"{unit}\",\"peer\":{name},\"peer_value\":{Number(peerValue)},\"ratio\":{Number(ratio)}}}");
            return;
        }
        var beside = peer is null ? "" : $"   {peer} {Number(peerValue)}   ratio {Number(ratio)}";
        Console.WriteLine($"{bench,-9} {metric,-34} {Number(value),14} {unit,-12}{beside}{(goal is null ? "" : "   goal: " + goal)}");
    }

    /// <summary>Prints a remark, on standard error so that it never mixes with figures.</summary>
    public static void Note(string text) => Console.Error.WriteLine("# " + text);

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return double.NaN;
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Number(double? value) => value is { } v && double.IsFinite(v) ? v.ToString("0.####", CultureInfo.InvariantCulture) : "null";
}
