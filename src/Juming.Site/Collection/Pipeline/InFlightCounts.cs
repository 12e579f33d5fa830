using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// Lines received per sender since ever, in a memory-mapped file: it outlives <c>kill -9</c>, so that a start can tell from the durable ledger
/// how many lines were in flight and are gone. A power cut loses at most the second since the last flush.
/// </summary>
internal sealed unsafe partial class InFlightCounts : IDisposable
{
    // A sparse file: only the pages of senders that exist take room.
    private const int Slots = Sources.SourceRegister.MostNumbers + 1;

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _counts;

    /// <summary>Opens or makes the file.</summary>
    public InFlightCounts(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        _file = MemoryMappedFile.CreateFromFile(_stream, null, Slots * sizeof(long), MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Slots * sizeof(long));
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _counts = (long*)pointer;
    }

    /// <summary>Lines of a sender that were received over a transport without a copy at the sender.</summary>
    public long this[int sourceId] => Volatile.Read(ref _counts[sourceId]);

    /// <summary>Counts received lines.</summary>
    public void Add(int sourceId, long lines) => Interlocked.Add(ref _counts[sourceId], lines);

    /// <summary>Sets a count, at start, when the file and the ledger disagree the other way (the file was lost).</summary>
    public void Set(int sourceId, long lines) => Volatile.Write(ref _counts[sourceId], lines);

    /// <summary>Takes room on the disk for the counts of all numbers below one: a count that finds the disk full when it is first touched would end the process.</summary>
    public void Reserve(int sourceId)
    {
        if (OperatingSystem.IsLinux()) _ = posix_fallocate((int)_stream.SafeFileHandle.DangerousGetHandle(), 0, Math.Min(sourceId, Slots) * sizeof(long));
    }

    [LibraryImport("libc")]
    private static partial int posix_fallocate(int file, long offset, long length);

    /// <summary>Asks the kernel to write the counts to disk.</summary>
    public void Flush() => _view.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        _stream.Dispose();
    }
}
