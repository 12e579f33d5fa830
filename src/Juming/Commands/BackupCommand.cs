using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Juming.Hosting;

namespace Juming.Commands;

/// <summary><c>juming backup FILE</c> and <c>juming restore FILE</c>: one host's data folder as one file.</summary>
internal static class BackupCommand
{
    private const string Manifest = "juming-backup.json";

    public static void AddTo(RootCommand root)
    {
        Add(root, "backup", "Write the data folder of a stopped tier to FILE (tar, gzip).", Backup);
        Add(root, "restore", "Put FILE back into an empty data folder.", Restore);
    }

    private static void Add(RootCommand root, string verb, string help, Func<TierOptions, string, CancellationToken, Task<object>> act)
    {
        var arguments = new TierArguments();
        var file = new Argument<string>("FILE") { Description = "The backup file." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(verb, help) { file, json };
        arguments.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var hosts = arguments.Read(line);
            if (hosts.Count != 1) throw new WrongUseException($"{verb} works on one tier at a time.");
            var answer = await act(hosts[0], line.GetValue(file)!, ct);
            Console.WriteLine(line.GetValue(json) ? JsonSerializer.Serialize(answer) : answer.ToString());
            return Exit.Well;
        });
        root.Subcommands.Add(command);
    }

    private static async Task<object> Backup(TierOptions host, string file, CancellationToken ct)
    {
        if (!Directory.Exists(host.DataFolder)) throw new BadInputException($"There is no data folder '{host.DataFolder}'.");
        using var held = DataFolderLock.TryTake(host.DataFolder) ?? throw new RefusedException("The tier is running; stop it first, or copy from a snapshot of the disk.");
        var part = file + ".part";
        var count = 0;
        long bytes = 0;
        await using (var output = new FileStream(part, FileMode.Create, FileAccess.Write))
        await using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            await using var manifest = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { tier = host.Tier.Name, version = typeof(BackupCommand).Assembly.GetName().Version?.ToString(3) }));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, Manifest) { DataStream = manifest }, ct);
            foreach (var path in Files(host.DataFolder))
            {
                await tar.WriteEntryAsync(path, Path.GetRelativePath(host.DataFolder, path), ct);
                count++;
                bytes += new FileInfo(path).Length;
            }
        }
        // The name appears only when the file is whole.
        File.Move(part, file, overwrite: true);
        return new BackupAnswer(host.Tier.Name, file, count, bytes);
    }

    private static async Task<object> Restore(TierOptions host, string file, CancellationToken ct)
    {
        if (!File.Exists(file)) throw new BadInputException($"There is no file '{file}'.");
        if (Directory.Exists(host.DataFolder) && Files(host.DataFolder).Any()) throw new RefusedException($"'{host.DataFolder}' is not empty; restore into an empty folder and swap them.");
        using var held = DataFolderLock.TryTake(host.DataFolder) ?? throw new RefusedException("The tier is running; stop it first.");
        var count = 0;
        long bytes = 0;
        try
        {
            await using var input = new FileStream(file, FileMode.Open, FileAccess.Read);
            await using var gzip = new GZipStream(input, CompressionMode.Decompress);
            await using var tar = new TarReader(gzip);
            await CheckManifest(await tar.GetNextEntryAsync(cancellationToken: ct), host, ct);
            while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
            {
                var target = Path.GetFullPath(Path.Combine(host.DataFolder, entry.Name));
                if (entry.EntryType != TarEntryType.RegularFile || !target.StartsWith(host.DataFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    throw new BadInputException($"The backup holds '{entry.Name}', which is not a file of a data folder.");
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await entry.ExtractToFileAsync(target, overwrite: false, ct);
                count++;
                bytes += entry.Length;
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BadInputException($"'{file}' is not a whole backup: {e.Message}");
        }
        return new BackupAnswer(host.Tier.Name, file, count, bytes);
    }

    private static async Task CheckManifest(TarEntry? entry, TierOptions host, CancellationToken ct)
    {
        if (entry is not { Name: Manifest, DataStream: { } stream }) throw new BadInputException("This file is not a backup of Juming.");
        using var manifest = await JsonDocument.ParseAsync(stream, cancellationToken: ct);
        var tier = manifest.RootElement.GetProperty("tier").GetString();
        if (tier != host.Tier.Name) throw new RefusedException($"This is a backup of the {tier} tier, not of {host.Tier.Name}.");
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(p => Path.GetFileName(p) is not ("lock" or "admin.sock") && !p.StartsWith(Path.Combine(folder, "logs") + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private sealed record BackupAnswer(string Tier, string File, int Files, long Bytes)
    {
        public override string ToString() => $"{Tier}: {Files} files, {Bytes} bytes, {File}";
    }
}
