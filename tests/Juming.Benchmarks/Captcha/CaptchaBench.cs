using System.Diagnostics;
using System.Globalization;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Testing;
using Juming.Testing.Farm.Captchas;

namespace Juming.Benchmarks.Captcha;

/// <summary>How many captchas are read exactly: fresh ones of the generators, real ones of a foreign data set, the farm's sliders.</summary>
internal sealed class CaptchaBench : IDisposable
{
    // Training draws with seeds below 1,000 and validates with those from 900,001.
    private const int Seed = 5_000_001;
    private readonly CaptchaReader _reader = new();
    private readonly Confusion _confusion = new();
    private readonly Figures _figures;

    private CaptchaBench(Figures figures) => _figures = figures;

    /// <summary>Arguments: <c>--json</c>, <c>--count=N</c> pictures a generator (default 300), <c>--seed=S</c>, <c>--labels=DIR</c> a further folder with labels.jsonl.</summary>
    public static int Run(string[] args)
    {
        var count = int.Parse(Option(args, "--count=") ?? "300", CultureInfo.InvariantCulture);
        var seed = int.Parse(Option(args, "--seed=") ?? $"{Seed}", CultureInfo.InvariantCulture);
        using var bench = new CaptchaBench(new Figures("captcha", args.Contains("--json")));
        bench.Generated(LabelledPicture.Fresh(seed, count));
        bench.Sliders(seed, count);
        bench.Folder("reference", SharedData.Find("captcha/generated"));
        bench.Folder("real", SharedData.Find("captcha/real"), "at least 0.6");
        if (Option(args, "--labels=") is { } labels) bench.Folder("labelled", labels);
        foreach (var (pair, times) in bench._confusion.Top(20)) bench._figures.Print($"confusion {pair}", times, "times");
        return 0;
    }

    public void Dispose() => _reader.Dispose();

    private static string? Option(string[] args, string name) => args.FirstOrDefault(a => a.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    private void Generated(List<LabelledPicture> pictures)
    {
        Read(pictures.Take(20), hinted: false);
        var clock = Stopwatch.StartNew();
        var readings = Read(pictures, hinted: false);
        _figures.Print("ms_per_picture", clock.Elapsed.TotalMilliseconds / pictures.Count, "ms", goal: "below 30");
        Print("generated", readings, "at least 0.9");
        _figures.Print("generated_hinted_exact", Exact(Read(pictures, hinted: true)), "share");
    }

    private void Folder(string name, string? folder, string? goal = null)
    {
        if (folder is null)
        {
            Figures.Note($"{name}: skipped, the shared data set is not on this machine");
            return;
        }
        var pictures = LabelledPicture.Of(folder);
        Print(name, Read(pictures, hinted: false), goal);
        _figures.Print($"{name}_hinted_exact", Exact(Read(pictures, hinted: true)), "share");
    }

    private void Print(string name, List<Reading> readings, string? goal)
    {
        _figures.Print($"{name}_exact", Exact(readings), "share", goal: goal);
        _figures.Print($"{name}_n", readings.Count, "pictures");
        var kinds = readings.GroupBy(r => r.Picture.Kind).ToList();
        foreach (var kind in kinds.Where(_ => kinds.Count > 1)) _figures.Print($"{name}_exact.{kind.Key}", Exact([.. kind]), "share");
        var safe = readings.Where(r => r.Confidence >= CaptchaReader.SafeConfidence).ToList();
        _figures.Print($"{name}_submitted", (double)safe.Count / readings.Count, "share");
        _figures.Print($"{name}_submitted_right", Exact(safe), "share", goal: "at least 0.95");
        _figures.Print($"{name}_confidence_for_95", ConfidenceFor(0.95, readings), "confidence");
        foreach (var reading in readings.Where(r => !r.Right)) _confusion.Add(reading.Picture.Answer, reading.Got);
    }

    private void Sliders(int seed, int count)
    {
        var samples = Enumerable.Range(seed, count).Select(s => SliderCaptcha.Draw(new Random(s))).ToList();
        var clock = Stopwatch.StartNew();
        var found = samples.Select(s => (Sample: s, Reading: CaptchaReader.ReadSlider(s.Background, s.Piece))).ToList();
        _figures.Print("slider_ms", clock.Elapsed.TotalMilliseconds / count, "ms");
        // Devices accept some pixels; so narrow a bound leaves them to the hand that drags.
        bool Right((SliderPicture Sample, SliderReading Reading) f) => Math.Abs(f.Sample.X - f.Reading.X) <= 1;
        _figures.Print("slider_exact", (double)found.Count(Right) / count, "share", goal: "at least 0.9");
        var safe = found.Where(f => f.Reading.Confidence >= CaptchaReader.SafeSliderConfidence).ToList();
        _figures.Print("slider_submitted", (double)safe.Count / count, "share");
        _figures.Print("slider_submitted_right", safe.Count == 0 ? 0 : (double)safe.Count(Right) / safe.Count, "share", goal: "at least 0.95");
    }

    private List<Reading> Read(IEnumerable<LabelledPicture> pictures, bool hinted) =>
        [.. pictures.Select(p => (Picture: p, Got: _reader.Read(p.File, hinted ? p.Hint : CaptchaHint.None)))
            .Select(r => new Reading(r.Picture, r.Picture.Kind == "arithmetic" ? r.Got.Seen : r.Got.Text, r.Got.Confidence))];

    private static double Exact(List<Reading> readings) => readings.Count == 0 ? 0 : (double)readings.Count(r => r.Right) / readings.Count;

    // The lowest confidence from which on at least that share was right.
    private static double ConfidenceFor(double share, List<Reading> readings)
    {
        var (right, seen, lowest) = (0, 0, 1.0);
        foreach (var reading in readings.OrderByDescending(r => r.Confidence))
        {
            (seen, right) = (seen + 1, right + (reading.Right ? 1 : 0));
            if (right >= share * seen) lowest = reading.Confidence;
        }
        return lowest;
    }

    private sealed record Reading(LabelledPicture Picture, string Got, double Confidence)
    {
        public bool Right => string.Equals(Picture.Answer, Got, StringComparison.Ordinal);
    }
}
