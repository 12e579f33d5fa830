using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Juming.Site.Collection.Receivers;

/// <summary>What the kernel says of a file beyond its name: which one it is, and whether it is a socket.</summary>
/// <param name="Device">Number of the file system.</param>
/// <param name="Node">Number of the file in it; comes back when a file was deleted, so it is proof only together with the content.</param>
/// <param name="IsSocket">True for a unix socket.</param>
internal readonly partial record struct FileStatus(ulong Device, ulong Node, bool IsSocket)
{
    /// <summary>The status of what a path names; null when nothing is there or the system can't tell.</summary>
    public static FileStatus? Of(string path, bool follow) => OperatingSystem.IsLinux() ? Read(WorkingFolder, path, follow ? 0 : NoFollow) : null;

    /// <summary>The status of an open file; null when the system can't tell.</summary>
    public static FileStatus? Of(SafeFileHandle handle) => OperatingSystem.IsLinux() ? Read((int)handle.DangerousGetHandle(), "", EmptyPath) : null;

    private const int WorkingFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndNode = 0x1 | 0x100;

    private static unsafe FileStatus? Read(int folder, string path, int flags)
    {
        Status status = default;
        if (statx(folder, path, flags, TypeAndNode, &status) != 0) return null;
        return new FileStatus(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Node, (status.Mode & 0xF000) == 0xC000);
    }

    /// <summary>struct statx, the same on every architecture; what is not read here is room.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Node;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, Status* status);
}
