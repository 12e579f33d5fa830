using System.Buffers.Binary;
using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sync;
using Juming.Platform.Links;

namespace Juming.Platform.Content.Carry;

/// <summary>A bundle as the place that content comes from. It is looked through once before anything is believed: lengths, order, its own sum.</summary>
internal sealed class BundleOrigin : IContentOrigin, IDisposable
{
    private const int MostEntries = 200_000;

    private readonly Stream _file;
    private readonly BlobShelf _shelf;
    private readonly Dictionary<string, (long At, long Length)> _blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<long, byte[]> _roots = [];
    private readonly List<byte[]> _own = [];
    private byte[]? _timestamp;

    private BundleOrigin(Stream file, BlobShelf shelf) => (_file, _shelf) = (file, shelf);

    /// <summary>Opens one.</summary>
    /// <exception cref="ContentRefusedException">It is none, or not all of it.</exception>
    public static async Task<BundleOrigin> Open(Stream file, BlobShelf shelf, CancellationToken ct)
    {
        var bundle = new BundleOrigin(file, shelf);
        await bundle.Survey(ct);
        return bundle;
    }

    public Task<BulkHead?> Head(byte[] known, CancellationToken ct) =>
        Task.FromResult<BulkHead?>(new BulkHead([], _roots.Keys.Max(), _timestamp!, _own));

    public Task<byte[]?> Root(long version, CancellationToken ct) => Task.FromResult(_roots.GetValueOrDefault(version));

    public async Task<bool> Fetch(byte[] sha256, long length, CancellationToken ct)
    {
        var name = Convert.ToHexStringLower(sha256);
        if (!_blobs.TryGetValue(name, out var place)) throw Broken($"the signed lists name {name[..12]}, and it is not in it");
        if (place.Length != length) return false;
        await using (var partial = _shelf.Partial(sha256))
        {
            partial.SetLength(0);
            _file.Position = place.At;
            await Copy(partial, length, null, ct);
        }
        return await _shelf.Finish(sha256, ct);
    }

    public void Dispose() => _file.Dispose();

    private async Task Survey(CancellationToken ct)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var mark = await Read(BundleWriter.Mark.Length, sum, ct);
        if (!mark.AsSpan().SequenceEqual(BundleWriter.Mark)) throw Broken("it is no bundle of content");
        for (var n = 0; n < MostEntries; n++)
        {
            var soFar = sum.GetCurrentHash();
            var head = await Read(BundleWriter.Head, sum, ct);
            var length = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(33));
            if (length < 0 || length > _file.Length - _file.Position) throw Broken("it ends before it should");
            if (head[0] == (byte)BundleEntry.End)
            {
                // The sum does not cover its own entry.
                if (head.AsSpan(1, 32).ContainsAnyExcept((byte)0)) throw Broken("its end is not one");
                await End(soFar, length, sum, ct);
                return;
            }
            await Entry((BundleEntry)head[0], head[1..33], length, sum, ct);
        }
        throw Broken($"it has more than {MostEntries} entries");
    }

    private async Task Entry(BundleEntry kind, byte[] key, long length, IncrementalHash sum, CancellationToken ct)
    {
        switch (kind)
        {
            case BundleEntry.Timestamp when length <= Limits.MostTimestamp && _timestamp is null:
                _timestamp = await Read(length, sum, ct);
                break;
            case BundleEntry.Root when length <= Limits.MostRoot && _roots.Count < Limits.MostRoots:
                _roots[BinaryPrimitives.ReadInt64BigEndian(key.AsSpan(24))] = await Read(length, sum, ct);
                break;
            case BundleEntry.Own when length <= Limits.MostList && _own.Count < 4:
                _own.Add(await Read(length, sum, ct));
                break;
            case BundleEntry.Blob when length <= Limits.MostBlob:
                _blobs[Convert.ToHexStringLower(key)] = (_file.Position, length);
                await Copy(Stream.Null, length, sum, ct);
                break;
            default: throw Broken("it holds an entry that can't be in one");
        }
    }

    private async Task End(byte[] sum, long length, IncrementalHash ignored, CancellationToken ct)
    {
        if (length != SHA256.HashSizeInBytes || !(await Read(length, ignored, ct)).AsSpan().SequenceEqual(sum)) throw Broken("its sum is another one: it was changed or damaged");
        if (_file.Position != _file.Length) throw Broken("there is more behind its end");
        if (_timestamp is null || _roots.Count == 0) throw Broken("it lacks the signed root or timestamp");
    }

    private async Task<byte[]> Read(long length, IncrementalHash sum, CancellationToken ct)
    {
        if (length > _file.Length - _file.Position) throw Broken("it ends before it should");
        var bytes = new byte[length];
        await _file.ReadExactlyAsync(bytes, ct);
        sum.AppendData(bytes);
        return bytes;
    }

    private async Task Copy(Stream to, long length, IncrementalHash? sum, CancellationToken ct)
    {
        var buffer = new byte[Math.Min(length, 128 * 1024)];
        for (var left = length; left > 0;)
        {
            var read = await _file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), ct);
            if (read == 0) throw Broken("it ends before it should");
            sum?.AppendData(buffer.AsSpan(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            left -= read;
        }
    }

    private static ContentRefusedException Broken(string reason) => new(ContentErrors.BundleBroken.With("reason", reason));
}
