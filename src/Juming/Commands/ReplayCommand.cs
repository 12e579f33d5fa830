using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Events;
using Juming.Site.Collection;
using Juming.Site.Detection;
using Juming.Site.Incidents;

namespace Juming.Commands;

/// <summary><c>juming replay</c>: files through the same pipeline as live traffic.</summary>
internal static class ReplayCommand
{
    public static void AddTo(RootCommand root)
    {
        var arguments = new TierArguments();
        var files = new Argument<string[]>("FILE") { Description = "Files, one event per line; .gz is unpacked.", Arity = ArgumentArity.OneOrMore };
        var rules = new Option<string[]>("--rules") { Description = "Further rules: a file, folder or zip; may be repeated." };
        var format = new Option<string>("--format") { Description = "Name of a parser, or auto.", DefaultValueFactory = _ => "auto" };
        var alerts = new Option<string?>("--alerts") { Description = "Write every single match to this NDJSON file." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var progress = new Option<bool>("--progress") { Description = "Print progress to standard error even where that is not a terminal." };
        var command = new Command("replay", "Push files through the site's pipeline: normalise, store, detect, group.") { files, rules, format, alerts, json, progress };
        arguments.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var host = arguments.Read(line);
            if (host.Count != 1 || host[0].Tier != Tiers.Site) throw new WrongUseException("replay works on a site: --tier site.");
            return await Run(host[0] with { Offline = true }, line.GetValue(files)!, line.GetValue(rules) ?? [], line.GetValue(format)!, line.GetValue(alerts), line.GetValue(json), line.GetValue(progress) || !Console.IsErrorRedirected, ct);
        });
        root.Subcommands.Add(command);
    }

    private static async Task<int> Run(TierOptions options, string[] files, string[] rules, string format, string? alertsFile, bool json, bool progress, CancellationToken ct)
    {
        if (!LineParse.Formats.Contains(format)) throw new WrongUseException($"There is no format '{format}'; there are {string.Join(", ", LineParse.Formats)}.");
        foreach (var path in files)
            if (!File.Exists(path)) throw new BadInputException($"There is no file '{path}'.");
        foreach (var path in rules)
            if (!File.Exists(path) && !Directory.Exists(path)) throw new BadInputException($"There are no rules at '{path}'.");
        using var held = DataFolderLock.TryTake(options.DataFolder) ?? throw new RefusedException($"The data folder '{options.DataFolder}' is held by a running process; replay into a folder of its own.");
        await using var app = TierHost.Build(options);
        await app.StartAsync(ct);
        var replay = app.Services.GetRequiredService<IReplay>();
        var detection = app.Services.GetRequiredService<IDetectionRun>();
        if (rules.Length > 0) await detection.AddRules(rules, ct);
        await using var matches = alertsFile is null ? null : MatchFile.Open(alertsFile, replay);
        if (matches is not null) detection.Observe(matches.Write);
        var watch = Stopwatch.StartNew();
        var report = await replay.Run(files, format, progress ? new Bar() : null, ct);
        await detection.Flush(ct);
        var grouped = await Group(app.Services, ct);
        var seconds = watch.Elapsed.TotalSeconds;
        Print(report, detection, grouped, seconds, json);
        await app.StopAsync(CancellationToken.None);
        foreach (var file in report.Broken) await Console.Error.WriteLineAsync($"'{file.File}' can't be read past line {file.Lines}: {file.Reason}");
        return report.Broken.Count > 0 ? Exit.BadInput : Exit.Well;
    }

    /// <summary>Lets the modules handle what detection published, then counts the incidents.</summary>
    private static async Task<long> Group(IServiceProvider services, CancellationToken ct)
    {
        var outbox = services.GetRequiredService<OutboxDispatcher>();
        while (await outbox.DispatchSome(ct) > 0) { }
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IIncidentDirectory>().Count(ct);
    }

    private static void Print(ReplayReport report, IDetectionRun detection, long incidents, double seconds, bool json)
    {
        var byRule = detection.AlertsByRule;
        var figures = new
        {
            events = report.Events,
            bytes = report.Bytes,
            seconds = Math.Round(seconds, 3),
            events_per_second = Math.Round(report.Events / Math.Max(0.001, seconds)),
            stored = report.Stored,
            unparsed = report.Unparsed,
            dropped = report.Dropped,
            broken = report.Broken.Select(b => new { file = b.File, lines = b.Lines, reason = b.Reason }),
            alerts = byRule.Values.Sum(),
            alerts_by_rule = byRule,
            incidents,
            peak_memory_bytes = Process.GetCurrentProcess().PeakWorkingSet64,
        };
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(figures));
            return;
        }
        Console.WriteLine($"{figures.events} events, {figures.bytes} bytes in {figures.seconds} s: {figures.events_per_second} events/s");
        Console.WriteLine($"stored {figures.stored}, unparsed {figures.unparsed}, dropped {report.Dropped.Values.Sum()}");
        foreach (var (reason, count) in report.Dropped) Console.WriteLine($"  dropped {reason}: {count}");
        Console.WriteLine($"alerts {figures.alerts}, incidents {incidents}");
        foreach (var (rule, count) in byRule.OrderByDescending(r => r.Value).Take(20)) Console.WriteLine($"  {count,8}  {rule}");
    }

    private sealed class Bar : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => Console.Error.WriteLine($"{value.Lines} lines, {value.Bytes / 1_048_576} MiB, {value.Lines / Math.Max(0.001, value.Seconds):F0} lines/s");
    }

    /// <summary>Writes matches from several workers, one JSON object a line.</summary>
    private sealed class MatchFile(Stream file, IReplay replay) : IAsyncDisposable
    {
        private readonly StreamWriter _writer = new(file, new System.Text.UTF8Encoding(false), 1 << 16);
        private readonly Lock _gate = new();

        public static MatchFile Open(string path, IReplay replay)
        {
            try
            {
                return new MatchFile(File.Create(path), replay);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BadInputException($"The matches can't be written to '{path}': {e.Message}");
            }
        }

        public void Write(ObservedMatch match)
        {
            var line = JsonSerializer.Serialize(new { rule = match.RuleId, file = replay.FileOf(match.SourceId), line = match.Line, title = match.Title, level = match.Level.ToString().ToLowerInvariant() });
            lock (_gate) _writer.WriteLine(line);
        }

        public async ValueTask DisposeAsync() => await _writer.DisposeAsync();
    }
}
