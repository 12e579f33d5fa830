using System.Buffers.Binary;
using System.Security.Cryptography;
using Juming.Platform.Access.Audit;
using Juming.Platform.Content.Carry;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Look;
using Juming.Platform.Content.Root;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Content on a stick: the same bytes, the same checks, and whatever may be wrong with a file that somebody brings.</summary>
[Category("C4.1")]
internal sealed class BundleTests
{
    private RunningTier _site = null!;
    private string _folder = null!;
    private string _bundle = null!;
    private string _fingerprint = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-bundle-").FullName;
        _site = await RunningTier.Start("site");
        _bundle = Path.Combine(_folder, "good.bundle");
        var exported = await Joined.Tiers.Operator.Send(new ExportBundle(_bundle));
        _fingerprint = exported.Value.Fingerprint;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [Test, Order(1)]
    public async Task A_site_that_trusts_nobody_asks_for_the_fingerprint_first()
    {
        Assert.That((await _site.Send(new ImportBundle(_bundle))).Error?.Code, Is.EqualTo("content.no-root"));
        Assert.That((await _site.Send(new DescribeContent())).Value.Offered, Is.EqualTo(_fingerprint));
        Assert.That((await _site.Send(new TrustRoot(new string('0', 64)))).Error?.Code, Is.EqualTo("content.other-fingerprint"));
        Assert.That((await _site.Send(new TrustRoot(string.Join(' ', _fingerprint.Chunk(8).Select(c => new string(c))).ToUpperInvariant()))).Error, Is.Null);
    }

    [Test, Order(2)]
    public async Task Every_broken_bundle_is_refused_with_what_to_do_and_changes_nothing()
    {
        var good = await File.ReadAllBytesAsync(_bundle);
        var first = 8 + BundleWriter.Head;
        var cases = new Dictionary<string, (byte[] Bytes, string Code)>
        {
            ["empty"] = ([], "content.bundle-broken"),
            ["something else"] = ("PK\u0003\u0004 this is a zip"u8.ToArray(), "content.bundle-broken"),
            ["half"] = (good[..(good.Length / 2)], "content.bundle-broken"),
            ["without its last byte"] = (good[..^1], "content.bundle-broken"),
            ["with more behind"] = ([.. good, 0], "content.bundle-broken"),
            ["a bit turned in the root"] = (With(good, first + 40, b => (byte)(b ^ 1)), "content.bundle-broken"),
            ["a bit turned at the end"] = (With(good, good.Length - 60, b => (byte)(b ^ 1)), "content.bundle-broken"),
            ["a length beyond the file"] = (Length(good, 8, long.MaxValue), "content.bundle-broken"),
            ["a length below nothing"] = (Length(good, 8, -1), "content.bundle-broken"),
            ["an unknown entry"] = (With(good, 8, _ => 9), "content.bundle-broken"),
            ["a file of another root"] = (await Forged(), "content.older"),
            ["a blob changed with its sum made anew"] = (Rewrite(good, (kind, key, bytes) => kind == BundleEntry.Blob ? (kind, key, With(bytes, bytes.Length / 2, b => (byte)(b ^ 1))) : (kind, key, bytes)), "content.other-hash"),
            ["no blobs"] = (Rewrite(good, (kind, key, bytes) => kind == BundleEntry.Blob ? null : (kind, key, bytes)), "content.bundle-broken"),
            ["no timestamp"] = (Rewrite(good, (kind, key, bytes) => kind == BundleEntry.Timestamp ? null : (kind, key, bytes)), "content.bundle-broken"),
            ["a timestamp signed by a stranger"] = (Rewrite(good, (kind, key, bytes) => kind == BundleEntry.Timestamp ? (kind, key, Resign(bytes)) : (kind, key, bytes)), "content.unsigned"),
            ["a list of an operator that nobody knows"] = (Rewrite(good, (kind, key, bytes) => kind == BundleEntry.Timestamp ? (BundleEntry.Own, key, Stranger()) : (kind, key, bytes), also: (BundleEntry.Timestamp, new byte[32], Timestamp(good))), "content.unsigned"),
        };
        foreach (var (what, (bytes, code)) in cases)
        {
            var file = Path.Combine(_folder, "bad.bundle");
            await File.WriteAllBytesAsync(file, bytes);
            var refused = (await _site.Send(new ImportBundle(file))).Error;
            if (what == "a file of another root") Assert.That(refused, Is.Not.Null, what);
            else Assert.That(refused?.Code, Is.EqualTo(code), what);
            Assert.That(refused!.ToString(), Does.Match("anew|Do not use|Ask|Fetch"), what);
            Assert.That(_site.Services.GetRequiredService<IIndicatorSet>().Version, Is.Zero, what);
        }
        Assert.That((await _site.Send(new ImportBundle(Path.Combine(_folder, "none")))).Error?.Code, Is.EqualTo("content.no-file"));
        var audit = (await _site.Send(new SearchAudit(null, null, 500, Action: "ImportBundle"))).Value;
        Assert.That(audit.Count(e => e.Outcome.StartsWith("content.", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(cases.Count));
    }

    [Test, Order(3)]
    public async Task A_good_one_is_taken_and_an_older_one_no_more()
    {
        var taken = await _site.Send(new ImportBundle(_bundle));
        Assert.That(taken.Error, Is.Null);
        Assert.That(taken.Value.Changed);
        await ThreeTiers.Until(async () => (await _site.Send(new LookUp("45.67.89.2"))).Value.Found.Count > 0, "the indicators are in force");
        Assert.That((await _site.Send(new ImportBundle(_bundle))).Value.Changed, Is.False);
        await Joined.Tiers.Enter("45.67.89.3");
        await ThreeTiers.Until(() => Task.FromResult(Joined.Tiers.IsLevel()), "the operator has the next");
        await ThreeTiers.Until(async () => (await Joined.Tiers.Site.Send(new LookUp("45.67.89.3"))).Value.Found.Count > 0, "the change came");
        var next = Path.Combine(_folder, "next.bundle");
        Assert.That((await Joined.Tiers.Operator.Send(new ExportBundle(next))).Error, Is.Null);
        Assert.That((await _site.Send(new ImportBundle(next))).Value.Changed);
        Assert.That((await _site.Send(new ImportBundle(_bundle))).Error?.Code, Is.EqualTo("content.older"));
        await ThreeTiers.Until(async () => (await _site.Send(new LookUp("45.67.89.3"))).Value.Found.Count > 0, "the change is in force");
    }

    private async Task<byte[]> Forged()
    {
        await using var other = await ThreeTiers.StartCloud();
        await ThreeTiers.FingerprintOf(other);
        var file = Path.Combine(_folder, "other.bundle");
        Assert.That((await other.Send(new ExportBundle(file))).Error, Is.Null);
        return await File.ReadAllBytesAsync(file);
    }

    private static byte[] With(byte[] bytes, int at, Func<byte, byte> change)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = change(changed[at]);
        return changed;
    }

    private static byte[] Length(byte[] bytes, int entry, long length)
    {
        var changed = (byte[])bytes.Clone();
        BinaryPrimitives.WriteInt64BigEndian(changed.AsSpan(entry + 33), length);
        return changed;
    }

    private static byte[] Resign(byte[] file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SignedFile.Write(SignedFile.Read(file, Limits.MostTimestamp).Signed, [key]);
    }

    private static byte[] Stranger()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SignedFile.Write(new TargetsData(Roles.Of(Guid.NewGuid()), 1, TimeProvider.System.GetUtcNow().AddDays(3), new Dictionary<string, Platform.Content.ContentTarget>(), new Dictionary<string, RoleKeys>()).ToJson(), [key]);
    }

    private static byte[] Timestamp(byte[] bundle)
    {
        byte[] found = [];
        Rewrite(bundle, (kind, key, bytes) =>
        {
            if (kind == BundleEntry.Timestamp) found = bytes;
            return (kind, key, bytes);
        });
        return found;
    }

    /// <summary>The bundle with some of its entries changed, and with a sum that fits.</summary>
    private static byte[] Rewrite(byte[] bundle, Func<BundleEntry, byte[], byte[], (BundleEntry, byte[], byte[])?> change, (BundleEntry, byte[], byte[])? also = null)
    {
        using var to = new MemoryStream();
        using var writer = new BundleWriter(to);
        writer.Begin(CancellationToken.None).GetAwaiter().GetResult();
        for (var at = 8; bundle[at] != 0;)
        {
            var length = (int)BinaryPrimitives.ReadInt64BigEndian(bundle.AsSpan(at + 33));
            var entry = change((BundleEntry)bundle[at], bundle[(at + 1)..(at + 33)], bundle[(at + BundleWriter.Head)..(at + BundleWriter.Head + length)]);
            if (entry is var (kind, key, bytes)) writer.Add(kind, key, bytes, CancellationToken.None).GetAwaiter().GetResult();
            at += BundleWriter.Head + length;
        }
        if (also is var (alsoKind, alsoKey, alsoBytes)) writer.Add(alsoKind, alsoKey, alsoBytes, CancellationToken.None).GetAwaiter().GetResult();
        writer.End(CancellationToken.None).GetAwaiter().GetResult();
        return to.ToArray();
    }
}
