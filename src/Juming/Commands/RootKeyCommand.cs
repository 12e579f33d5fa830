using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Content;

namespace Juming.Commands;

/// <summary><c>juming content root …</c>: the root key, which lies in files offline, and what it signs.</summary>
internal static class RootKeyCommand
{
    public static Command Make()
    {
        var root = new Command("root", "The root key of the cloud: export, new-key, change.");
        root.Subcommands.Add(Export());
        root.Subcommands.Add(NewKey());
        root.Subcommands.Add(Change());
        return root;
    }

    private static Option<string?> Passphrase() => new("--passphrase-file") { Description = "File that holds the passphrase; without it, or with -, a line of standard input." };

    /// <summary>The key leaves the vault only after its file was read back.</summary>
    private static Command Export()
    {
        var (tier, file, from) = (new TierArguments("cloud"), new Argument<string>("FILE") { Description = "The new file; keep it offline, and a copy elsewhere." }, Passphrase());
        var command = new Command("export", "Write the root key to FILE under a passphrase, and forget it here.") { file, from };
        tier.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var host = tier.Read(line)[0];
            var (path, passphrase) = (Path.GetFullPath(line.GetValue(file)!), Read(line.GetValue(from)));
            var answer = await Ask(host, "ExportRootKey", new { passphrase }, ct);
            await Write(path, answer.GetProperty("pem").GetString()!, ct);
            await Ask(host, "ForgetRootKey", new { pem = await File.ReadAllTextAsync(path, ct), passphrase }, ct);
            Console.WriteLine($"The root key is in {path} and nowhere else: take it off this machine, and keep a copy apart. Fingerprint of the cloud: {answer.GetProperty("fingerprint").GetString()}");
            return Exit.Well;
        });
        return command;
    }

    private static Command NewKey()
    {
        var (file, from) = (new Argument<string>("FILE") { Description = "The new file." }, Passphrase());
        var command = new Command("new-key", "Make another root key, on any machine; its public half is printed, for juming content root change --add.") { file, from };
        command.SetAction(async (line, ct) =>
        {
            var (pem, name) = RootKeys.Make(Read(line.GetValue(from)));
            await Write(Path.GetFullPath(line.GetValue(file)!), pem, ct);
            Console.WriteLine(name);
            return Exit.Well;
        });
        return command;
    }

    private static Command Change()
    {
        var keys = new Option<string[]>("--key") { Description = "File of a root key; as many as the root needs.", Required = true, AllowMultipleArgumentsPerToken = true };
        var from = Passphrase();
        var add = new Option<string[]>("--add") { Description = "Public root key to add.", AllowMultipleArgumentsPerToken = true };
        var drop = new Option<string[]>("--drop") { Description = "Name of a root key to take out.", AllowMultipleArgumentsPerToken = true };
        var threshold = new Option<int?>("--threshold") { Description = "How many root keys must sign." };
        var renew = new Option<bool>("--renew-online") { Description = "Exchange all keys with which the cloud signs by itself." };
        var command = AdminVerb.Make("change", "Make the next root: for another year, with other keys, or with new online keys.", "ChangeRoot", line => new
        {
            keys = line.GetValue(keys)!.Select(Text).ToArray(),
            passphrases = new[] { Read(line.GetValue(from)) },
            add = line.GetValue(add) ?? [],
            drop = line.GetValue(drop) ?? [],
            threshold = line.GetValue(threshold),
            renewOnline = line.GetValue(renew),
        }, (answer, _) => Console.WriteLine($"Root {answer.GetProperty("version").GetInt64()} is in force until {answer.GetProperty("expires").GetString()}; {answer.GetProperty("threshold").GetInt32()} of {answer.GetProperty("keys").GetArrayLength()} keys must sign the next one."), only: "cloud");
        foreach (var option in new Option[] { keys, from, add, drop, threshold, renew }) command.Options.Add(option);
        return command;
    }

    private static async Task<JsonElement> Ask(TierOptions host, string request, object arguments, CancellationToken ct)
    {
        var answer = await AdminChannel.Send(host, request, arguments, ct);
        return answer.Refusal is { } refusal ? throw new RefusedException(refusal.Sentence) : answer.Value ?? default;
    }

    private static async Task Write(string path, string pem, CancellationToken ct)
    {
        if (File.Exists(path)) throw new BadInputException($"There is a file '{path}' already; name another one.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(pem.AsMemory(), ct);
    }

    private static string Read(string? file)
    {
        if (file is not null and not "-") return Text(file).Trim();
        if (!Console.IsInputRedirected) Console.Error.Write("Passphrase: ");
        return Console.In.ReadLine()?.Trim() is { Length: > 0 } line ? line : throw new BadInputException("No passphrase came.");
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"'{file}' can't be read: {e.Message}");
        }
    }
}
