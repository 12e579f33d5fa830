using System.Diagnostics;
using System.Globalization;

namespace Juming.Benchmarks.Links;

/// <summary>A folder on a file system of the kit that forgets, when its power goes, what was not synced.</summary>
internal sealed class LazyDisk(string program, string backing, string folder, int seed) : IDisposable
{
    private Process? _process;

    /// <summary>What is left when the power is off.</summary>
    public string Backing => backing;

    /// <summary>Mounts it.</summary>
    /// <exception cref="IOException">The machine refuses it.</exception>
    public async Task On()
    {
        Directory.CreateDirectory(backing);
        Directory.CreateDirectory(folder);
        var process = _process = Process.Start(new ProcessStartInfo(program, [backing, folder, seed.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        var complaint = process.StandardError.ReadToEndAsync();
        for (var tries = 0; tries < 100; tries++)
        {
            if (process.HasExited) throw new IOException("a file system of its own can't be mounted: " + (await complaint).Trim());
            if (IsMounted()) return;
            await Task.Delay(50);
        }
        throw new IOException("a file system of its own is not there after five seconds");
    }

    /// <summary>What is written by now is synced, as it would be after half a minute of quiet.</summary>
    public async Task Settle()
    {
        using (var signal = Process.Start("kill", ["-USR1", _process!.Id.ToString(CultureInfo.InvariantCulture)])) await signal.WaitForExitAsync();
        // Any look at it wakes it.
        _ = Directory.Exists(Path.Combine(folder, "x"));
        await Task.Delay(500);
        _ = Directory.Exists(Path.Combine(folder, "x"));
    }

    /// <summary>The power goes: nothing that was not synced is left.</summary>
    public void Off()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Takes away what is left of the mount.</summary>
    public void Clear()
    {
        Off();
        for (var tries = 0; tries < 50 && IsMounted(); tries++)
        {
            using var away = Process.Start(new ProcessStartInfo("umount", ["-l", folder]) { RedirectStandardError = true })!;
            away.WaitForExit();
        }
        _process?.Dispose();
        _process = null;
    }

    public void Dispose() => Clear();

    private bool IsMounted() => File.ReadLines("/proc/mounts").Any(l => l.Split(' ') is [_, var at, ..] && at == folder);
}
