using System.Diagnostics;
using System.Globalization;

namespace Juming.Tiers.Tests.Faults;

/// <summary>A small file system of its own, where mounting is permitted; a folder elsewhere.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(int megabytes)
    {
        Folder = Directory.CreateTempSubdirectory("juming-disk-").FullName;
        IsMounted = Environment.UserName == "root" && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", Folder) == 0;
    }

    public string Folder { get; }

    public bool IsMounted { get; }

    public long FreeMegabytes => new DriveInfo(Folder).AvailableFreeSpace / 1_048_576;

    public async Task Fill(long megabytes)
    {
        var block = new byte[1_048_576];
        await using var file = new FileStream(Path.Combine(Folder, "ballast"), FileMode.Append);
        for (var i = 0; i < megabytes; i++) await file.WriteAsync(block);
    }

    /// <summary>Takes all room but a number of bytes.</summary>
    public async Task FillAllBut(long bytes)
    {
        await using var file = new FileStream(Path.Combine(Folder, "ballast"), FileMode.Append);
        await file.WriteAsync(new byte[Math.Max(0, new DriveInfo(Folder).AvailableFreeSpace - bytes)]);
    }

    /// <summary>Takes all room there is, also from whoever writes at the same time.</summary>
    public async Task FillUp()
    {
        try
        {
            await FillAllBut(0);
        }
        catch (IOException)
        {
            // Somebody else took the last of it; there is none left, which was wanted.
            return;
        }
    }

    public void Free() => File.Delete(Path.Combine(Folder, "ballast"));

    public void Dispose()
    {
        if (IsMounted) Run("umount", "-l", Folder);
        Directory.Delete(Folder, true);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
