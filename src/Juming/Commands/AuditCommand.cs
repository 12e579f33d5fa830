using System.CommandLine;
using System.Text.Json;

namespace Juming.Commands;

/// <summary><c>juming audit verify</c>: recomputes the audit chain; exit code 4 when it was changed. <c>juming audit seal</c>: lets a chain count whose head is not known.</summary>
internal static class AuditCommand
{
    public static void AddTo(RootCommand root)
    {
        var audit = new Command("audit", "The audit trail: verify, seal.");
        audit.Subcommands.Add(AdminVerb.Make("verify", "Recompute the hash chain and hold it against the head file.", "VerifyAudit", _ => new { }, (answer, _) =>
            Console.WriteLine(Intact(answer)
                ? $"Intact: {answer.GetProperty("entries").GetInt64()} entries, head {answer.GetProperty("head").GetString()}{Since(answer)}"
                : $"CHANGED at entry {answer.GetProperty("at").GetInt64()}: {answer.GetProperty("reason").GetString()}"),
            answer => Intact(answer) ? Exit.Well : Exit.Refused));
        audit.Subcommands.Add(AdminVerb.Make("seal", "Let the head count from now on where there was none that this host had sealed (no-head), such as in the data folder of an earlier build.", "SealAudit", _ => new { }, (answer, _) =>
            Console.WriteLine($"Sealed: from entry {answer.GetProperty("from").GetInt64()} on the head tells whether entries were cut off or added. Those before it form a whole chain; nothing tells whether it had more entries.")));
        root.Subcommands.Add(audit);
    }

    private static string Since(JsonElement answer) => answer.TryGetProperty("sealedFrom", out var from) && from.ValueKind == JsonValueKind.Number ? $"; sealed anew, the head counts from entry {from.GetInt64()} on" : "";

    private static bool Intact(JsonElement answer) => answer.GetProperty("intact").GetBoolean();
}
