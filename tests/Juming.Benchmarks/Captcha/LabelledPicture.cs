using System.Diagnostics;
using System.Text.Json;
using Juming.Site.DeviceLinkage.Captcha;

namespace Juming.Benchmarks.Captcha;

/// <summary>A captcha whose answer is known.</summary>
/// <param name="Kind">Which generator drew it, with which settings.</param>
/// <param name="Answer">What has to be typed.</param>
/// <param name="File">The picture.</param>
internal sealed record LabelledPicture(string Kind, string Answer, byte[] File)
{
    /// <summary>What a device that uses this generator would have taught by now.</summary>
    public CaptchaHint Hint => Kind switch
    {
        "svg-math" or "svg-math-minus" or "arithmetic" => new CaptchaHint(CaptchaKind.Arithmetic),
        "svg4" or "svg4-plain" => new CaptchaHint(CaptchaKind.Text, Length: 4),
        "trek5-gif" or "cgif" => new CaptchaHint(CaptchaKind.Text, "abcdefghijklmnopqrstuvwxyz", 5),
        "dee4" => new CaptchaHint(CaptchaKind.Text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4),
        _ => new CaptchaHint(CaptchaKind.Text),
    };

    /// <summary>Pictures of the npm generators, drawn now. Needs node and npm.</summary>
    public static List<LabelledPicture> Fresh(int seed, int count)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Captcha", "generators");
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) Run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
        string[] kinds = ["svg4", "svg4-plain", "svg-math", "svg-math-minus", "trek5-gif", "cgif"];
        var lines = Run("node", ["generate.mjs", $"{seed}", .. kinds.Select(k => $"{k}={count}")], folder);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Drawn)];
    }

    /// <summary>A folder of pictures with labels.jsonl.</summary>
    public static List<LabelledPicture> Of(string folder) =>
        [.. System.IO.File.ReadLines(Path.Combine(folder, "labels.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .Select(r => new LabelledPicture(Text(r, "kind"), Text(r, "text"), System.IO.File.ReadAllBytes(Path.Combine(folder, Text(r, "file")))))];

    private static LabelledPicture Drawn(string line)
    {
        var row = JsonDocument.Parse(line).RootElement;
        var file = row.TryGetProperty("gif", out var gif) ? gif.GetBytesFromBase64() : SvgPainter.Paint(Text(row, "svg"));
        return new LabelledPicture(Text(row, "kind"), Text(row, "text"), file);
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static string Run(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}.");
    }
}
