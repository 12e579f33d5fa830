using System.CommandLine;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Data;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary><c>juming restore FILE</c>: puts a backup back, into an empty data folder and, on PostgreSQL, an empty database. All or nothing.</summary>
internal static class RestoreCommand
{
    public static void AddTo(RootCommand root)
    {
        var arguments = new TierArguments();
        var file = new Argument<string>("FILE") { Description = "The backup file." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("restore", "Put FILE back into an empty data folder (and an empty PostgreSQL database).") { file, json };
        arguments.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var hosts = arguments.Read(line);
            if (hosts.Count != 1) throw new WrongUseException("restore works on one tier at a time.");
            var answer = await Run(hosts[0], line.GetValue(file)!, ct);
            Console.WriteLine(line.GetValue(json) ? JsonSerializer.Serialize(answer, AdminRequests.Json) : answer.ToString());
            return Exit.Well;
        });
        root.Subcommands.Add(command);
    }

    private static async Task<BackupAnswer> Run(TierOptions host, string file, CancellationToken ct)
    {
        if (!File.Exists(file)) throw new BadInputException($"There is no file '{file}'.");
        var wasThere = Directory.Exists(host.DataFolder);
        using var held = DataFolderLock.TryTake(host.DataFolder) ?? throw new RefusedException("The tier is running; stop it first.");
        var beside = $"{Path.TrimEndingDirectorySeparator(host.DataFolder)}.restore-{Guid.NewGuid():N}";
        var swapped = false;
        try
        {
            if (BackupCommand.Files(host.DataFolder, live: false, noEvents: false).Any()) throw new RefusedException($"'{host.DataFolder}' is not empty; restore into an empty folder and swap them.");
            var database = TierHost.DatabaseOf(host);
            OwnerOnly.Make(beside);
            var (manifest, files, bytes) = await BackupArchive.Extract(file, beside, m => Check(m, host, database), ct);
            if (database.IsPostgres) await Load(host, database, beside, ct);
            Swap(host.DataFolder, beside, held);
            swapped = true;
            return new BackupAnswer(host.Tier.Name, file, files, bytes, manifest.Database, manifest.Events);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException(e.Message);
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException($"'{file}' is not a whole backup: {e.Message}");
        }
        finally
        {
            if (!swapped && Directory.Exists(beside)) Directory.Delete(beside, true);
            if (!swapped && !wasThere) Directory.Delete(host.DataFolder, true);
        }
    }

    private static void Check(BackupManifest manifest, TierOptions host, Database database)
    {
        if (manifest.Tier != host.Tier.Name) throw new RefusedException($"This is a backup of the {manifest.Tier} tier, not of {host.Tier.Name}.");
        if (manifest.Database == BackupCommand.Postgres && !database.IsPostgres) throw new RefusedException("This backup holds a PostgreSQL database: name an empty one in Database:ConnectionString.");
        if (manifest.Database != BackupCommand.Postgres && database.IsPostgres) throw new RefusedException("This backup holds an SQLite database: restore it without Database:ConnectionString.");
    }

    private static async Task Load(TierOptions host, Database database, string folder, CancellationToken ct)
    {
        var copy = Path.Combine(folder, HostCopies.Database);
        if (await PostgresCopy.Read(database, [.. host.Tier.Modules.Select(m => m.Name)], PlatformServices.Assemblies(host.Tier.Modules), copy, ct) is { } refusal) throw new RefusedException(refusal);
        Directory.Delete(copy, true);
    }

    private static void Swap(string folder, string beside, DataFolderLock held)
    {
        // Old logs are all that an empty data folder may hold; they stay.
        var logs = Path.Combine(folder, "logs");
        if (Directory.Exists(logs)) Directory.Move(logs, Path.Combine(beside, "logs"));
        // So does the vault's key, which no backup holds, when it was put back first.
        var key = Path.Combine(folder, BackupCommand.VaultKey);
        if (File.Exists(key))
        {
            OwnerOnly.Make(Path.GetDirectoryName(Path.Combine(beside, BackupCommand.VaultKey))!);
            File.Move(key, Path.Combine(beside, BackupCommand.VaultKey));
        }
        held.Dispose();
        Directory.Delete(folder, true);
        Directory.Move(beside, folder);
    }
}
