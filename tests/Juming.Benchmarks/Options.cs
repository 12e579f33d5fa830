using System.Globalization;

namespace Juming.Benchmarks;

/// <summary>Options of a bench, <c>--name=value</c> or <c>--name value</c>, and what is computed of figures.</summary>
internal static class Options
{
    public static string? Text(string[] args, string name)
    {
        if (args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal)) is { } joined) return joined[(name.Length + 1)..];
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    public static int Number(string[] args, string name, int otherwise) => Text(args, name) is { } given && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>The value below which that share of the values lies.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
