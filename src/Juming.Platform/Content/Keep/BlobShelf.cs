using System.Security.Cryptography;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Keep;

/// <summary>Content by its SHA-256, a file each. What stands here was checked when it came, and is checked again when it is used.</summary>
internal sealed class BlobShelf
{
    // What was put here and is not yet named by a list, and what somebody below may still be fetching.
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly string _partial;

    public BlobShelf(TierContext tier)
    {
        _folder = Path.Combine(tier.DataFolder, "content", "blobs");
        _partial = Path.Combine(tier.DataFolder, "content", "partial");
    }

    public bool Has(byte[] sha256) => File.Exists(FileOf(sha256));

    public FileStream? Open(byte[] sha256)
    {
        try
        {
            return new FileStream(FileOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The bytes, when they are what they should be; what has rotted is thrown away.</summary>
    public async Task<byte[]?> Read(byte[] sha256, long length, CancellationToken ct)
    {
        await using var file = Open(sha256);
        if (file is null) return null;
        if (file.Length == length)
        {
            var bytes = new byte[length];
            await file.ReadExactlyAsync(bytes, ct);
            if (SHA256.HashData(bytes).AsSpan().SequenceEqual(sha256)) return bytes;
        }
        File.Delete(FileOf(sha256));
        return null;
    }

    /// <summary>Puts content here; returns its hash.</summary>
    public async Task<byte[]> Put(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var sha256 = SHA256.HashData(bytes.Span);
        if (Has(sha256))
        {
            // Published again: younger than the sweep takes.
            File.SetLastWriteTimeUtc(FileOf(sha256), TimeProvider.System.GetUtcNow().UtcDateTime);
            return sha256;
        }
        Directory.CreateDirectory(_partial);
        var trial = Path.Combine(_partial, Guid.CreateVersion7().ToString("N"));
        await File.WriteAllBytesAsync(trial, bytes, ct);
        Move(trial, sha256);
        return sha256;
    }

    /// <summary>Where a download that broke off goes on.</summary>
    public FileStream Partial(byte[] sha256)
    {
        Directory.CreateDirectory(_partial);
        return new FileStream(PartialOf(sha256), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 64 * 1024, useAsync: true);
    }

    /// <summary>Takes a finished download, when it is what it should be; throws it away otherwise.</summary>
    public async Task<bool> Finish(byte[] sha256, CancellationToken ct)
    {
        byte[] found;
        await using (var file = new FileStream(PartialOf(sha256), FileMode.Open, FileAccess.Read)) found = await SHA256.HashDataAsync(file, ct);
        if (!found.AsSpan().SequenceEqual(sha256))
        {
            File.Delete(PartialOf(sha256));
            return false;
        }
        Move(PartialOf(sha256), sha256);
        return true;
    }

    /// <summary>Bytes of all that is here.</summary>
    public long Total() => Directory.Exists(_folder) ? new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;

    /// <summary>Throws away what no list names any more, and downloads that nobody goes on with.</summary>
    public int Sweep(IReadOnlySet<string> named, DateTimeOffset now)
    {
        var gone = 0;
        foreach (var folder in new[] { _folder, _partial }.Where(Directory.Exists))
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                if ((folder == _folder && named.Contains(file.Name)) || now - file.LastWriteTimeUtc < (folder == _folder ? Rest : TimeSpan.FromDays(2))) continue;
                file.Delete();
                gone++;
            }
        return gone;
    }

    private void Move(string from, byte[] sha256)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(sha256))!);
        File.Move(from, FileOf(sha256), overwrite: true);
    }

    private string FileOf(byte[] sha256)
    {
        var name = Convert.ToHexStringLower(sha256);
        return Path.Combine(_folder, name[..2], name);
    }

    private string PartialOf(byte[] sha256) => Path.Combine(_partial, Convert.ToHexStringLower(sha256));
}
