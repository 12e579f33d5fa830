using System.Diagnostics;
using System.Globalization;
using Juming.Testing.Farm;

namespace Juming.Benchmarks.Linkage;

/// <summary>The peer: a script by somebody who knows the console, on the same browser by the same driver.</summary>
internal static class BlockScript
{
    /// <summary>Milliseconds of each block; <paramref name="mode"/> is "session" for one page that stays signed in, "cold" for a browser of its own each time.</summary>
    public static async Task<List<double>> Run(FarmConsole console, string mode, int runs)
    {
        var driver = Path.Combine(AppContext.BaseDirectory, ".playwright");
        var node = Directory.Exists(Path.Combine(driver, "node")) ? Directory.EnumerateFiles(Path.Combine(driver, "node"), "node", SearchOption.AllDirectories).FirstOrDefault() : null;
        string[] line = [Path.Combine(AppContext.BaseDirectory, "Kit", "block-script.cjs"), Path.Combine(driver, "package"), console.Address.ToString(), console.Accounts[0].User, console.Accounts[0].Password, mode, runs.ToString(CultureInfo.InvariantCulture)];
        using var script = Process.Start(new ProcessStartInfo(node ?? "node", line) { RedirectStandardOutput = true })!;
        var lines = (await script.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await script.WaitForExitAsync();
        if (script.ExitCode != 0 || lines.Length != runs) throw new InvalidOperationException($"The script ended with {script.ExitCode} after {lines.Length} of {runs}.");
        return [.. lines.Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
    }
}
