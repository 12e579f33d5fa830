using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Workbench;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Packs;

/// <summary>What people change in the folder: publish, withdraw, put back. Nothing is ever overwritten or deleted.</summary>
internal sealed partial class SitePacks
{
    private const int MostWithdrawn = 200;

    private string WithdrawnFolder => Path.Combine(folder, "withdrawn");

    /// <summary>Writes a checked pack as a file of its own and puts it in force.</summary>
    /// <param name="name">Name of the pack.</param>
    /// <param name="version">Its version.</param>
    /// <param name="yaml">Its text.</param>
    /// <param name="mark">Stands in the file's name behind the version, so that one knows where it came from.</param>
    public Result<PublishedPack> Publish(string name, int version, string yaml, string mark = "") => Change(() =>
    {
        var highest = HighestVersion(name);
        if (version <= highest) return CollectionErrors.PackVersion.With("version", Text(highest)).With("next", Text(highest + 1));
        if (_files.Count >= MostFiles) return CollectionErrors.TooManyPacks.With("most", Text(MostFiles));
        var file = $"{name}.v{Text(version)}{mark}.yaml";
        var trial = Path.Combine(folder, $".{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(folder);
        using (var stream = new FileStream(trial, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(yaml));
            stream.Flush(flushToDisk: true);
        }
        File.Move(trial, Path.Combine(folder, file));
        Refresh();
        return (Result<PublishedPack>)new PublishedPack(name, version, file);
    });

    /// <summary>Moves a file out of force.</summary>
    public Result<Done> Withdraw(string file) => Change<Done>(() =>
    {
        if (!_files.ContainsKey(file)) return CollectionErrors.NoSuchPackFile;
        Directory.CreateDirectory(WithdrawnFolder);
        var target = Path.Combine(WithdrawnFolder, file);
        for (var n = 2; File.Exists(target); n++) target = Path.Combine(WithdrawnFolder, $"{Path.GetFileNameWithoutExtension(file)}.{Text(n)}.yaml");
        File.Move(Path.Combine(folder, file), target);
        Refresh();
        return Done.Value;
    });

    /// <summary>Moves a withdrawn file back.</summary>
    public Result<Done> Restore(string file) => Change<Done>(() =>
    {
        if (!Withdrawn().Contains(file) || File.Exists(Path.Combine(folder, file))) return CollectionErrors.NoSuchPackFile;
        File.Move(Path.Combine(WithdrawnFolder, file), Path.Combine(folder, file));
        Refresh();
        return Done.Value;
    });

    /// <summary>Names of the withdrawn files, the newest first.</summary>
    public IReadOnlyList<string> Withdrawn() => Directory.Exists(WithdrawnFolder)
        ? [.. new DirectoryInfo(WithdrawnFolder).EnumerateFiles("*.yaml").OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal).Take(MostWithdrawn).Select(f => f.Name)]
        : [];

    private Result<T> Change<T>(Func<Result<T>> change)
    {
        lock (_gate)
        {
            try
            {
                // The folder may have changed since the last look.
                Refresh();
                return change();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogDisk(log, folder, e);
                return CollectionErrors.PackDisk;
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder {Folder} of the parser packs can't be written")]
    private static partial void LogDisk(ILogger log, string folder, Exception error);
}
