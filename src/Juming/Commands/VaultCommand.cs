using System.CommandLine;

namespace Juming.Commands;

/// <summary><c>juming vault …</c>: the keys under which a tier's secrets are sealed.</summary>
internal static class VaultCommand
{
    public static void AddTo(RootCommand root)
    {
        var vault = new Command("vault", "The vault's keys: rotate, new-key.");
        vault.Subcommands.Add(AdminVerb.Make("rotate", "Seal every secret anew under a new data key.", "RotateDataKey", _ => new { }, (answer, _) =>
            Console.WriteLine($"{answer.GetProperty("sealed").GetInt32()} secrets sealed anew, {answer.GetProperty("left").GetInt32()} could not be opened.")));
        vault.Subcommands.Add(AdminVerb.Make("new-key", "Make another key after the key's file was lost; secrets must be entered again.", "MakeNewKey", _ => new { }, (answer, _) =>
            Console.WriteLine($"The key is {answer.GetProperty("file").GetString()}; keep a copy apart. {answer.GetProperty("lost").GetInt32()} secrets must be entered again.")));
        root.Subcommands.Add(vault);
    }
}
