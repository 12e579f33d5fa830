using System.Runtime.InteropServices;

namespace Juming.Hosting;

/// <summary>What the program writes is for the account it runs as: keys, database and log events are nobody else's.</summary>
public static partial class OwnerOnly
{
    /// <summary>Read, write and enter, for the owner.</summary>
    public const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Read and write, for the owner.</summary>
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = (UnixFileMode)0x3F;

    // Only a data folder has one of these; a folder that is full of something else may be everybody's, like /tmp.
    private static readonly string[] Ours = ["lock", "juming.db", "keys", "tls.pfx"];

    /// <summary>Makes files that are created from now on, by whatever library, the owner's alone.</summary>
    public static void Start()
    {
        if (!OperatingSystem.IsWindows()) _ = Umask((int)Others);
    }

    /// <summary>Takes other people's rights from a data folder that was there before.</summary>
    public static void Tighten(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = System.IO.File.GetUnixFileMode(folder);
        if ((mode & Others) == 0) return;
        if (Directory.EnumerateFileSystemEntries(folder).Any() && !Ours.Any(name => Path.Exists(Path.Combine(folder, name)))) return;
        System.IO.File.SetUnixFileMode(folder, mode & ~Others);
    }

    /// <summary>How a file is made that must not be readable even where <see cref="Start"/> was not called.</summary>
    public static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = File;
        return new FileStream(path, options);
    }

    /// <summary>Makes a folder, and those above that are missing.</summary>
    public static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Folder);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial int Umask(int mask);
}
