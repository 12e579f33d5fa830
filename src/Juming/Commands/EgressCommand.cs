using System.CommandLine;
using System.Text.Json;
using Juming.Platform.Links;

namespace Juming.Commands;

/// <summary>
/// <c>juming egress verify</c>: recomputes the ledger of what left; exit code 4 when it was changed. <c>juming egress check FILE</c>: the same for an exported ledger, without the
/// host that it came from; with <c>--held</c> against the days that the host above holds.
/// </summary>
internal static class EgressCommand
{
    public static void AddTo(RootCommand root)
    {
        var egress = new Command("egress", "The ledger of what left this host: verify, check.");
        egress.Subcommands.Add(AdminVerb.Make("verify", "Recompute the hash chain of the ledger, and hold kept contents and signed days against it.", "VerifyEgress", _ => new { }, (answer, _) => Print(answer), answer => Intact(answer) ? Exit.Well : Exit.Refused));
        egress.Subcommands.Add(Check());
        root.Subcommands.Add(egress);
    }

    /// <summary>For an auditor's machine: no data folder, no tier.</summary>
    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "An exported ledger, NDJSON." };
        var held = new Option<string>("--held") { Description = "Days of it that the host above holds, as that exports them: both must be the same." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var check = new Command("check", "Verify an exported ledger, without the host that it came from.") { file, held, json };
        check.SetAction(line => Run(line.GetValue(file)!, line.GetValue(held), line.GetValue(json)));
        return check;
    }

    private static int Run(string path, string? held, bool json)
    {
        foreach (var named in new[] { path, held }) if (named is not null && !File.Exists(named)) throw new BadInputException($"There is no file '{named}'.");
        try
        {
            var answer = JsonSerializer.SerializeToElement(held is null ? ExportedLedger.Verify(File.ReadLines(path)) : ExportedLedger.Verify(File.ReadLines(path), File.ReadLines(held)), JsonSerializerOptions.Web);
            // Nothing to compare with is no proof that it is the same.
            if (held is not null && Intact(answer) && answer.GetProperty("heldDays").GetInt32() == 0) throw new BadInputException($"'{held}' names no day that could be compared.");
            if (json) Console.WriteLine(answer.GetRawText());
            else Print(answer);
            return Intact(answer) ? Exit.Well : Exit.Refused;
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException(held is null ? $"'{path}' is no exported ledger: {e.Message}." : $"'{path}' is no exported ledger, or '{held}' no file of held days: {e.Message}.");
        }
    }

    private static void Print(JsonElement answer) => Console.WriteLine(Intact(answer)
        ? $"Intact: {answer.GetProperty("entries").GetInt64()} entries, {answer.GetProperty("signedHeads").GetInt32()} signed days,{(answer.GetProperty("heldDays").GetInt32() is > 0 and var days ? $" {days} days as the host above holds them," : "")} head {answer.GetProperty("head").GetString()}"
        : $"CHANGED at entry {answer.GetProperty("at").GetInt64()}: {answer.GetProperty("reason").GetString()}");

    private static bool Intact(JsonElement answer) => answer.GetProperty("intact").GetBoolean();
}
