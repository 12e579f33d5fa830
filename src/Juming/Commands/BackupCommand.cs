using System.CommandLine;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Data;

namespace Juming.Commands;

/// <summary><c>juming backup FILE</c>: one host's data folder and database as one file, of a stopped tier or a running one.</summary>
internal static class BackupCommand
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
    private const string Events = "events";

    // The counts belong to the ledger, which lies with the events: without it they would be booked as lost.
    private static readonly string[] WithEvents = [Events, "collection"];

    public static void AddTo(RootCommand root)
    {
        var arguments = new TierArguments();
        var file = new Argument<string>("FILE") { Description = "The backup file." };
        var noEvents = new Option<bool>("--no-events") { Description = "Leave out the stored events and their ledger." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("backup", "Write a tier's data folder and database to FILE (tar, gzip), also while it runs.") { file, noEvents, json };
        arguments.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var hosts = arguments.Read(line);
            if (hosts.Count != 1) throw new WrongUseException("backup works on one tier at a time.");
            var answer = await Run(hosts[0], Path.GetFullPath(line.GetValue(file)!), line.GetValue(noEvents), ct);
            Console.WriteLine(line.GetValue(json) ? JsonSerializer.Serialize(answer, AdminRequests.Json) : answer.ToString());
            return Exit.Well;
        });
        root.Subcommands.Add(command);
    }

    private static async Task<BackupAnswer> Run(TierOptions host, string file, bool noEvents, CancellationToken ct)
    {
        if (!Directory.Exists(host.DataFolder)) throw new BadInputException($"There is no data folder '{host.DataFolder}'.");
        if (!Directory.Exists(Path.GetDirectoryName(file))) throw new BadInputException($"There is no folder '{Path.GetDirectoryName(file)}'.");
        using var held = DataFolderLock.TryTake(host.DataFolder);
        var (copy, postgres) = held is null ? await CopyOfRunning(host, ct) : await CopyOfStopped(host, ct);
        try
        {
            var manifest = new BackupManifest(host.Tier.Name, typeof(BackupCommand).Assembly.GetName().Version?.ToString(3) ?? "", postgres ? Postgres : Sqlite, !noEvents && Directory.Exists(Path.Combine(host.DataFolder, Events)));
            // After the database, so that no alert in it is of an event that is not: what is newer than its watermark is matched again.
            var open = held is null && manifest.Events ? await OpenSegment(host, ct) : null;
            var files = Files(host.DataFolder, live: held is null, noEvents, open).Where(f => f.Path != file && f.Path != file + ".part");
            if (copy is not null) files = files.Concat(Within(copy, copy));
            var (count, bytes) = await BackupArchive.Write(file, manifest, files, ct);
            return new BackupAnswer(host.Tier.Name, file, count, bytes, manifest.Database, manifest.Events, KeepApart(host.DataFolder));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException(e.Message);
        }
        finally
        {
            if (copy is not null) Directory.Delete(copy, true);
        }
    }

    private static async Task<(string? Folder, bool Postgres)> CopyOfRunning(TierOptions host, CancellationToken ct)
    {
        var answer = await AdminChannel.Ask(host.DataFolder, "CopyHost", JsonSerializer.SerializeToElement(new { }), ct);
        if (answer.Value is not { } value) throw new RefusedException(answer.Refusal?.Sentence ?? "The running process gave no answer.");
        return (value.GetProperty("folder").GetString()!, value.GetProperty("postgres").GetBoolean());
    }

    /// <summary>Has a running site begin a new event file; all before it stay as they are. Its name.</summary>
    private static async Task<string> OpenSegment(TierOptions host, CancellationToken ct)
    {
        var answer = await AdminChannel.Ask(host.DataFolder, "CloseSegment", JsonSerializer.SerializeToElement(new { }), ct);
        return answer.Value is { } value ? value.GetProperty("open").GetString()! : throw new RefusedException(answer.Refusal?.Sentence ?? "The running process gave no answer.");
    }

    private static async Task<(string? Folder, bool Postgres)> CopyOfStopped(TierOptions host, CancellationToken ct)
    {
        HostCopies.Clear(host.DataFolder);
        var database = TierHost.DatabaseOf(host);
        if (!database.IsPostgres) return (null, false);
        SchemaUpgrade.Reach(database);
        var folder = Path.Combine(host.DataFolder, HostCopies.Prefix + Guid.NewGuid().ToString("N"));
        await PostgresCopy.Write(database, host.Tier.Modules.Select(m => m.Name), Path.Combine(folder, HostCopies.Database), ct);
        return (folder, true);
    }

    private static string? KeepApart(string folder) => File.Exists(Path.Combine(folder, VaultKey)) ? Path.Combine(folder, VaultKey) : null;

    /// <summary>Who holds a backup must not hold the key to the secrets in it as well.</summary>
    public static readonly string VaultKey = Path.Combine("keys", "vault.key");

    /// <summary>Files of a data folder that belong into a backup. Of a running tier the database and the end of the audit chain come from the copy, and exports are left out; so is
    /// the event file that is being written, and the counts of what is on its way: those of the files before it are in them.</summary>
    public static IEnumerable<(string Path, string Name)> Files(string folder, bool live, bool noEvents, string? open = null)
    {
        string[] folders = ["logs", .. live ? ["exports"] : Array.Empty<string>(), .. noEvents ? WithEvents : live ? WithEvents[1..] : []];
        string[] files = ["lock", AdminSocket.FileName, .. live ? ["juming.db", "juming.db-wal", "juming.db-shm", "audit.head"] : Array.Empty<string>()];
        return Within(folder, folder).Where(f =>
        {
            var top = f.Name.Split(Path.DirectorySeparatorChar)[0];
            if (open is not null && top == Events && Path.GetFileName(f.Name).StartsWith(open, StringComparison.Ordinal)) return false;
            // Also the key that is to take its place, and one that is being written.
            if (f.Name.StartsWith(VaultKey, StringComparison.Ordinal)) return false;
            return !files.Contains(f.Name) && (f.Name == top || !folders.Contains(top)) && (f.Name == top || !top.StartsWith(HostCopies.Prefix, StringComparison.Ordinal)) && !f.Name.EndsWith(".sock", StringComparison.Ordinal);
        });
    }

    private static IEnumerable<(string Path, string Name)> Within(string folder, string root) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(p => (p, Path.GetRelativePath(root, p)));
}

/// <summary>What a backup or restore did; <paramref name="KeepApart"/> is the file that belongs to it and is not in it, or null.</summary>
internal sealed record BackupAnswer(string Tier, string File, int Files, long Bytes, string Database, bool Events, string? KeepApart = null)
{
    public override string ToString() => $"{Tier}: {Files} files, {Bytes} bytes, {File} ({Database}, {(Events ? "with" : "without")} events)"
        + (KeepApart is null ? "" : $"\nThe vault's key '{KeepApart}' is not in it: keep a copy somewhere else, or its secrets and second factors can't be opened after a restore.");
}
