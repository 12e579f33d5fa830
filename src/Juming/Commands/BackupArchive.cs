using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Juming.Hosting;

namespace Juming.Commands;

/// <summary>What a backup says about itself in its first entry.</summary>
internal sealed record BackupManifest(string Tier, string Version, string Database, bool Events);

/// <summary>The file of a backup: a tar in gzip whose first entry is the manifest and whose last one says that it is whole.</summary>
internal static class BackupArchive
{
    private const string Manifest = "juming-backup.json";
    private const string End = "juming-backup.end";
    private const int LongestManifest = 64 * 1024;

    /// <summary>Writes the file, for its owner only; the name appears when it is whole.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="manifest">First entry.</param>
    /// <param name="files">Path and name inside the archive of each file. One that is gone when its turn comes is passed over.</param>
    /// <param name="ct">Cancels; nothing is left then.</param>
    public static async Task<(int Files, long Bytes)> Write(string file, BackupManifest manifest, IEnumerable<(string Path, string Name)> files, CancellationToken ct)
    {
        var part = file + ".part";
        var (count, bytes) = (0, 0L);
        try
        {
            File.Delete(part);
            await using (var output = OwnerOnly.Create(part, FileMode.CreateNew))
            await using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
            {
                await Add(tar, Manifest, JsonSerializer.SerializeToUtf8Bytes(manifest, AdminRequests.Json), ct);
                foreach (var (path, name) in files)
                {
                    await using var content = Open(path);
                    if (content is null) continue;
                    await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly.File }, ct);
                    count++;
                    bytes += content.Length;
                }
                await Add(tar, End, JsonSerializer.SerializeToUtf8Bytes(new { files = count }), ct);
            }
            File.Move(part, file, overwrite: true);
            return (count, bytes);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Puts the files of a backup into a folder.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="check">Told the manifest before anything is written.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BadInputException">The file is not a whole backup.</exception>
    public static async Task<(BackupManifest Manifest, int Files, long Bytes)> Extract(string file, string folder, Action<BackupManifest> check, CancellationToken ct)
    {
        try
        {
            await using var input = new FileStream(file, FileMode.Open, FileAccess.Read);
            await using var gzip = new GZipStream(input, CompressionMode.Decompress);
            await using var tar = new TarReader(gzip);
            var manifest = await ReadManifest(await tar.GetNextEntryAsync(cancellationToken: ct), ct);
            check(manifest);
            var (count, bytes, whole) = (0, 0L, false);
            while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
            {
                if (whole) throw new BadInputException($"The backup goes on behind its end with '{entry.Name}'.");
                whole = entry.Name == End;
                if (whole) continue;
                await Extract(entry, folder, ct);
                count++;
                bytes += entry.Length;
            }
            // The tar ends before the gzip does, whose last bytes are its checksum.
            await gzip.CopyToAsync(Stream.Null, ct);
            return whole ? (manifest, count, bytes) : throw new BadInputException($"'{file}' is not a whole backup: its end is missing.");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or JsonException or ArgumentException)
        {
            throw new BadInputException($"'{file}' is not a whole backup: {e.Message}");
        }
    }

    private static async Task Add(TarWriter tar, string name, byte[] content, CancellationToken ct)
    {
        await using var stream = new MemoryStream(content);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = stream, Mode = OwnerOnly.File }, ct);
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static async Task Extract(TarEntry entry, string folder, CancellationToken ct)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var target = Path.GetFullPath(Path.Combine(root, entry.Name));
        if (entry.EntryType != TarEntryType.RegularFile || !target.StartsWith(root, StringComparison.Ordinal) || target.Length == root.Length)
            throw new BadInputException($"The backup holds '{entry.Name}', which is not a file of a data folder.");
        for (var parent = Path.GetDirectoryName(target)!; parent.Length > root.Length; parent = Path.GetDirectoryName(parent)!)
            if (File.Exists(parent)) throw new BadInputException($"The backup holds '{entry.Name}' below a file.");
        if (Path.Exists(target)) throw new BadInputException($"The backup holds '{entry.Name}' twice.");
        OwnerOnly.Make(Path.GetDirectoryName(target)!);
        await using var output = OwnerOnly.Create(target, FileMode.CreateNew);
        if (entry.DataStream is { } content) await content.CopyToAsync(output, ct);
    }

    private static async Task<BackupManifest> ReadManifest(TarEntry? entry, CancellationToken ct)
    {
        if (entry is not { Name: Manifest, DataStream: { } stream, Length: < LongestManifest }) throw new BadInputException("This file is not a backup of Juming.");
        var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(stream, AdminRequests.Json, ct);
        return manifest is { Tier.Length: > 0, Database.Length: > 0 } ? manifest : throw new BadInputException("The backup's manifest names no tier or no database.");
    }
}
