namespace Juming.Hosting;

/// <summary>A data folder is held by one process.</summary>
public sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, making it when it is absent and in either case for its owner only; null when another process holds it.</summary>
    public static DataFolderLock? TryTake(string folder)
    {
        OwnerOnly.Make(folder);
        OwnerOnly.Tighten(folder);
        try
        {
            return new DataFolderLock(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
