using System.Collections.Concurrent;
using System.Security.Cryptography;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Content;

namespace Juming.Testing.Content;

/// <summary>Content as if it had come from above: the lists and pieces that a test puts here.</summary>
public sealed class ShelfOfContent : IContent
{
    private readonly ConcurrentDictionary<string, byte[]> _pieces = new();
    private readonly SortedDictionary<string, ContentPart> _parts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<ContentTarget> Targets { get; private set; } = [];

    /// <summary>Pieces that were asked for.</summary>
    public ConcurrentBag<string> Asked { get; } = [];

    /// <inheritdoc/>
    public Task<Guid> Self(CancellationToken ct) => Task.FromResult(Guid.Empty);

    /// <inheritdoc/>
    public void LookAgain()
    {
        // Tests say themselves when it is looked at.
    }

    /// <inheritdoc/>
    public Task<byte[]> Get(byte[] sha256, long length, CancellationToken ct)
    {
        Asked.Add(Convert.ToHexString(sha256));
        return Task.FromResult(_pieces[Convert.ToHexString(sha256)]);
    }

    /// <summary>Publishes vulnerabilities, each bucket whole.</summary>
    public void Publish(IEnumerable<VulnerabilityEntry> entries, IEnumerable<ExploitEntry>? exploits = null)
    {
        foreach (var bucket in entries.GroupBy(e => CveId.BucketOf(e.Cve))) Put($"known.{bucket.Key}", VulnerabilityParcel.Pack([.. bucket]));
        foreach (var bucket in (exploits ?? []).GroupBy(e => CveId.BucketOf(e.Cve))) Put($"exploit.{bucket.Key}", VulnerabilityParcel.PackExploits([.. bucket]));
        Sign();
    }

    /// <summary>Publishes a parcel of any bytes.</summary>
    public void PublishRaw(string name, byte[] bytes)
    {
        Put(name, bytes);
        Sign();
    }

    /// <summary>Takes a parcel off the list.</summary>
    public void Withdraw(string name)
    {
        _parts.Remove(name);
        Sign();
    }

    private void Put(string name, byte[] bytes) => _parts[name] = new ContentPart(name, Keep(bytes), bytes.Length);

    private void Sign()
    {
        var list = ContentParts.Write(_parts.Values);
        Targets = [new ContentTarget("intel/vulnerabilities", Keep(list), list.Length) { Parts = true, Version = 1, PublishedAt = new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero) }];
    }

    private byte[] Keep(byte[] bytes)
    {
        var hash = SHA256.HashData(bytes);
        _pieces[Convert.ToHexString(hash)] = bytes;
        return hash;
    }
}
