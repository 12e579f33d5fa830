using System.CommandLine;
using System.Text.Json;
using Juming.Site.Detection;

namespace Juming.Commands;

/// <summary><c>juming rules check</c>: what a load of these rules would say.</summary>
internal static class RulesCommand
{
    public static void AddTo(RootCommand root)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Rule files, folders or zips.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var check = new Command("check", "Read and compile rules without a site: active, idle or refused with line and reason.") { paths, json };
        check.SetAction((line, ct) => Task.FromResult(Run(line.GetValue(paths)!, line.GetValue(json), ct)));
        root.Subcommands.Add(new Command("rules", "Work with detection rules.") { check });
    }

    private static int Run(string[] paths, bool json, CancellationToken ct)
    {
        foreach (var path in paths)
            if (!File.Exists(path) && !Directory.Exists(path)) throw new BadInputException($"There are no rules at '{path}'.");
        var report = RuleCheck.Run(paths, ct);
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { active = report.Active, idle = report.Idle, refused = report.Refused.Select(r => new { file = r.File, line = r.Line, reason = r.Reason }) }));
        else Print(report);
        if (report.Active + report.Idle > 0) return Exit.Well;
        Console.Error.WriteLine("No rule could be read.");
        return Exit.BadInput;
    }

    private static void Print(RuleCheckReport report)
    {
        Console.WriteLine($"active {report.Active}, idle {report.Idle}, refused {report.Refused.Count}");
        foreach (var (reason, count) in report.IdleReasons) Console.WriteLine($"  idle {count,5}: {reason}");
        foreach (var warning in report.Warnings) Console.WriteLine($"  warning {warning}");
        foreach (var refusal in report.Refused) Console.WriteLine($"  refused {refusal.File}:{refusal.Line}: {refusal.Reason}");
    }
}
