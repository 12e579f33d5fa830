using System.Buffers.Binary;
using System.IO.Compression;

namespace Juming.Site.Collection.Bulk;

/// <summary>
/// A gzip body unpacked on the way. The platform's reader takes a packed stream that breaks off for one that ends, so the length that gzip
/// writes at its end is checked here: half a request must not be answered as if it were all.
/// </summary>
internal sealed class GzipBody : Stream
{
    private readonly Packed _packed;
    private readonly GZipStream _gzip;
    private uint _length;

    public GzipBody(Stream body)
    {
        _packed = new Packed(body);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">It is not gzip, or not whole.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _gzip.ReadAsync(buffer, cancellationToken);
        _length += (uint)read;
        if (read == 0 && buffer.Length > 0 && _packed.LengthAtEnd != _length) throw new InvalidDataException("The packed body is not whole.");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Remembers the last four bytes that went by: the unpacked length, modulo 2^32.</summary>
    private sealed class Packed(Stream body) : Stream
    {
        private readonly byte[] _last = new byte[4];

        public uint LengthAtEnd => BinaryPrimitives.ReadUInt32LittleEndian(_last);

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            Remember(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        private void Remember(ReadOnlySpan<byte> read)
        {
            if (read.Length < 4) _last.AsSpan(read.Length).CopyTo(_last);
            var kept = read.Length > 4 ? read[^4..] : read;
            kept.CopyTo(_last.AsSpan(4 - kept.Length));
        }
    }
}
