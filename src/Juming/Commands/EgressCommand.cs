using System.CommandLine;
using System.Text.Json;
using Juming.Platform.Links;

namespace Juming.Commands;

/// <summary>
/// <c>juming egress verify</c>: recomputes the ledger of what left; exit code 4 when it was changed. <c>juming egress check FILE</c>: the same for an exported ledger, without the
/// host that it came from.
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
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var check = new Command("check", "Verify an exported ledger, without the host that it came from.") { file, json };
        check.SetAction(line => Run(line.GetValue(file)!, line.GetValue(json)));
        return check;
    }

    private static int Run(string path, bool json)
    {
        if (!File.Exists(path)) throw new BadInputException($"There is no file '{path}'.");
        try
        {
            var answer = JsonSerializer.SerializeToElement(ExportedLedger.Verify(File.ReadLines(path)), JsonSerializerOptions.Web);
            if (json) Console.WriteLine(answer.GetRawText());
            else Print(answer);
            return Intact(answer) ? Exit.Well : Exit.Refused;
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException($"'{path}' is no exported ledger: {e.Message}.");
        }
    }

    private static void Print(JsonElement answer) => Console.WriteLine(Intact(answer)
        ? $"Intact: {answer.GetProperty("entries").GetInt64()} entries, {answer.GetProperty("signedHeads").GetInt32()} signed days, head {answer.GetProperty("head").GetString()}"
        : $"CHANGED at entry {answer.GetProperty("at").GetInt64()}: {answer.GetProperty("reason").GetString()}");

    private static bool Intact(JsonElement answer) => answer.GetProperty("intact").GetBoolean();
}
