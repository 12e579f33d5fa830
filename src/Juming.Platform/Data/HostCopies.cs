namespace Juming.Platform.Data;

/// <summary>Folders inside a data folder that hold a copy for a backup while it is being written.</summary>
public static class HostCopies
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "copy-";

    /// <summary>Folder of a PostgreSQL database's tables inside a copy and a backup.</summary>
    public const string Database = "database";

    /// <summary>Removes what a backup that was broken off has left.</summary>
    public static void Clear(string dataFolder)
    {
        foreach (var folder in Directory.GetDirectories(dataFolder, Prefix + "*")) Directory.Delete(folder, true);
    }
}
