using System.CommandLine;

namespace Juming.Commands;

/// <summary><c>juming vault …</c>: the keys under which a tier's secrets are sealed.</summary>
internal static class VaultCommand
{
    public static void AddTo(RootCommand root)
    {
        var vault = new Command("vault", "The vault's keys: rotate, rotate-key, new-key.");
        vault.Subcommands.Add(AdminVerb.Make("rotate", "Seal every secret anew under a new data key.", "RotateDataKey", _ => new { }, (answer, _) =>
            Console.WriteLine($"{answer.GetProperty("sealed").GetInt32()} secrets sealed anew, {answer.GetProperty("left").GetInt32()} could not be opened.")));
        vault.Subcommands.Add(AdminVerb.Make("rotate-key", "Put another key in the place of the key's file; secrets and accounts stay as they are.", "RotateKeyFile", _ => new { }, (answer, _) =>
        {
            Console.WriteLine($"{answer.GetProperty("keys").GetInt32()} data keys and {answer.GetProperty("ring").GetInt32()} files of the key ring are under the new key, {answer.GetProperty("left").GetInt32()} could not be opened.");
            var (file, move) = (answer.GetProperty("file").GetString(), answer.GetProperty("move").GetString());
            Console.WriteLine(move is null ? $"The key is {file}; keep a copy apart. Backups made before need the old one." : $"Now move {move} over {file}, and keep a copy apart. Backups made before need the old one.");
        }));
        vault.Subcommands.Add(AdminVerb.Make("new-key", "Make another key after the key's file was lost; secrets must be entered again.", "MakeNewKey", _ => new { }, (answer, _) =>
            Console.WriteLine($"The key is {answer.GetProperty("file").GetString()}; keep a copy apart. {answer.GetProperty("lost").GetInt32()} secrets must be entered again.")));
        root.Subcommands.Add(vault);
    }
}
