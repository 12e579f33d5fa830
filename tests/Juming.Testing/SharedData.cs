namespace Juming.Testing;

/// <summary>Finds test material that lies beside the repository and is never part of it.</summary>
public static class SharedData
{
    /// <summary>Full path of a file or folder of the material; the test is skipped, with the reason, where it is absent.</summary>
    public static string Require(string relative)
    {
        var path = Find(relative);
        if (path is null) Needs.Skip(Needs.SharedData, $"The shared test material '{relative}' is not on this machine.");
        return path!;
    }

    /// <summary>Full path of a file or folder of the material, or null.</summary>
    public static string? Find(string relative)
    {
        if (Environment.GetEnvironmentVariable("JUMING_SHARED") is { Length: > 0 } named) return Existing(Path.Combine(named, "data", relative));
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Existing(Path.Combine(folder.FullName, "shared", "data", relative)) is { } found) return found;
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) || Directory.Exists(path) ? path : null;
}
