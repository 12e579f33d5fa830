using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>Writes a file once from its beginning and ends it with the SHA-256 of all of it; on the disk when it is closed.</summary>
internal sealed class CheckedWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 18];
    private int _used;

    public CheckedWriter(string file) => _file = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);

    public long Position { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Position += bytes.Length;
        if (bytes.Length > _buffer.Length - _used) Flush();
        if (bytes.Length > _buffer.Length)
        {
            _hash.AppendData(bytes);
            _file.Write(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Numbers as they lie in memory: little endian on every machine that .NET runs on.</summary>
    public void WriteAll<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        // A span of bytes holds at most 2 GiB.
        for (; values.Length > 0; values = values[Math.Min(values.Length, 1 << 20)..]) Write(MemoryMarshal.AsBytes(values[..Math.Min(values.Length, 1 << 20)]));
    }

    public void FillTo(long position)
    {
        Span<byte> zeros = stackalloc byte[IndexLayout.Line];
        zeros.Clear();
        while (Position < position) Write(zeros[..(int)Math.Min(zeros.Length, position - Position)]);
    }

    public void Close()
    {
        Flush();
        _file.Write(_hash.GetHashAndReset());
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _file.Write(_buffer, 0, _used);
        _used = 0;
    }
}
