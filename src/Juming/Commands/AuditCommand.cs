using System.CommandLine;
using System.Text.Json;

namespace Juming.Commands;

/// <summary><c>juming audit verify</c>: recomputes the audit chain; exit code 4 when it was changed.</summary>
internal static class AuditCommand
{
    public static void AddTo(RootCommand root)
    {
        var audit = new Command("audit", "The audit trail: verify.");
        audit.Subcommands.Add(AdminVerb.Make("verify", "Recompute the hash chain and hold it against the head file.", "VerifyAudit", _ => new { }, (answer, _) =>
            Console.WriteLine(Intact(answer)
                ? $"Intact: {answer.GetProperty("entries").GetInt64()} entries, head {answer.GetProperty("head").GetString()}"
                : $"CHANGED at entry {answer.GetProperty("at").GetInt64()}: {answer.GetProperty("reason").GetString()}"),
            answer => Intact(answer) ? Exit.Well : Exit.Refused));
        root.Subcommands.Add(audit);
    }

    private static bool Intact(JsonElement answer) => answer.GetProperty("intact").GetBoolean();
}
