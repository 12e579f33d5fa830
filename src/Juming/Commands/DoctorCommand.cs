using System.CommandLine;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary><c>juming doctor</c>: looks at everything that must work and says what to do about what does not.</summary>
internal static class DoctorCommand
{
    public static void AddTo(RootCommand root)
    {
        var arguments = new TierArguments();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("doctor", "Check the settings, the database, the stores and the kernel's limits. Works while the tier runs.") { json };
        arguments.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var bad = false;
            foreach (var host in arguments.Read(line)) bad |= await Look(host, line.GetValue(json), ct);
            return bad ? Exit.Broken : Exit.Well;
        });
        root.Subcommands.Add(command);
    }

    private static async Task<bool> Look(TierOptions host, bool json, CancellationToken ct)
    {
        using var held = DataFolderLock.TryTake(host.DataFolder);
        var reports = held is null ? await AskRunning(host, ct) : await LookHere(host, ct);
        foreach (var (name, report) in reports)
        {
            if (json) Console.WriteLine(JsonSerializer.Serialize(new { tier = host.Tier.Name, name, level = report.Level.ToString().ToLowerInvariant(), text = report.Text, advice = report.Advice }));
            else Console.WriteLine($"{host.Tier.Name,-9}{report.Level,-8} {name}: {report.Text}{(report.Advice is null ? "" : " " + report.Advice)}");
        }
        return reports.Any(r => r.Report.Level == ReadinessLevel.Bad);
    }

    private static async Task<List<(string Name, ReadinessReport Report)>> LookHere(TierOptions host, CancellationToken ct)
    {
        await using var app = TierHost.Build(host with { Offline = true });
        var reports = new List<(string, ReadinessReport)> { ("settings", new ReadinessReport(ReadinessLevel.Good, "All keys and values are accepted.")) };
        foreach (var part in app.Services.GetServices<IReadiness>()) reports.Add((part.Name, await part.Look(ct)));
        return reports;
    }

    private static async Task<List<(string Name, ReadinessReport Report)>> AskRunning(TierOptions host, CancellationToken ct)
    {
        try
        {
            var answer = await AdminChannel.Ask(host.DataFolder, "DescribeHost", JsonSerializer.SerializeToElement(new { }), ct);
            if (answer.Value is not { } value) return [("process", new ReadinessReport(ReadinessLevel.Bad, answer.Refusal?.Sentence ?? "The running process gave no answer.", "See its log."))];
            var reports = new List<(string, ReadinessReport)> { ("process", new ReadinessReport(ReadinessLevel.Good, $"A process runs on '{host.DataFolder}' and answers.")) };
            foreach (var part in value.GetProperty("parts").EnumerateArray())
                reports.Add((part.GetProperty("name").GetString()!, part.Deserialize<ReadinessReport>(AdminRequests.Json)!));
            return reports;
        }
        catch (IOException e)
        {
            return [("process", new ReadinessReport(ReadinessLevel.Bad, e.Message, "See its log; where it hangs, stop and start it."))];
        }
    }
}
