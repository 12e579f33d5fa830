using System.Buffers.Binary;
using Juming.Contracts.Indicators;
using NUnit.Framework;

namespace Juming.Cloud.Tests.Indicators;

/// <summary>What is known of indicators travels beside their values: shared facts once, bound to their parcel, and never needed to read the values.</summary>
[Category("C1.3")]
internal sealed class ParcelFactsTests
{
    private static readonly ParcelFacts Emotet = ParcelFacts.Of("Emotet, 薛定谔", "T1071.001,T1566", new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static ParcelEntry Entry(int number, ParcelFacts facts = default) => new(new(IndicatorKind.Domain, $"d{number}.example"), 80, 4, 2, 1, 2) { Facts = facts };

    [Test]
    public void Facts_come_back_to_the_entries_they_belong_to_whatever_their_order()
    {
        var entries = Enumerable.Range(0, 300).Reverse().Select(i => Entry(i, i % 3 == 0 ? Emotet : i % 3 == 1 ? ParcelFacts.Of("", "T1486", null) : default)).ToList();
        var bucket = IndicatorParcel.PackBucket(IndicatorKind.Domain, entries, out var facts);
        Assert.That(IndicatorParcel.UnpackBucket(bucket, facts), Is.EquivalentTo(entries));
        Assert.That(IndicatorParcel.UnpackBucket(bucket), Is.EquivalentTo(entries.Select(e => e with { Facts = default })), "a release that knows nothing of them reads the values");
        Assert.That(facts, Has.Length.LessThan(400), "facts that many share stand once");
        Assert.That(Emotet.Ends, Is.EqualTo(new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        var changes = entries.Select(e => new ParcelChange(e, default)).Append(new ParcelChange(null, Guid.NewGuid())).ToList();
        var packed = IndicatorParcel.PackChanges(changes, out var said);
        Assert.That(IndicatorParcel.UnpackChanges(packed, said), Is.EqualTo(changes));
        Assert.That(IndicatorParcel.UnpackChanges(packed)!.Select(c => c.Id), Is.EqualTo(changes.Select(c => c.Id)));
    }

    [Test]
    public void Where_nothing_is_known_nothing_travels()
    {
        IndicatorParcel.PackBucket(IndicatorKind.Domain, [Entry(1), Entry(2)], out var facts);
        IndicatorParcel.PackChanges([new(Entry(1), default), new(null, Guid.NewGuid())], out var said);
        Assert.That((facts, said), Is.EqualTo(((byte[]?)null, (byte[]?)null)));
    }

    [Test]
    public void Facts_of_another_parcel_and_damaged_ones_are_refused_and_never_throw()
    {
        var one = IndicatorParcel.PackBucket(IndicatorKind.Domain, [Entry(1, Emotet), Entry(2)], out var facts);
        var other = IndicatorParcel.PackBucket(IndicatorKind.Domain, [Entry(3, Emotet), Entry(4)], out var others);
        Assert.That(IndicatorParcel.UnpackBucket(one, others), Is.Null);
        Assert.That(IndicatorParcel.UnpackBucket(other, facts), Is.Null);
        Assert.That(IndicatorParcel.UnpackBucket(one, one), Is.Null);
        for (var i = 0; i < facts!.Length; i++)
            for (var bit = 0; bit < 8; bit++)
            {
                var turned = (byte[])facts.Clone();
                turned[i] ^= (byte)(1 << bit);
                var read = IndicatorParcel.UnpackBucket(one, turned);
                Assert.That(read is null || read.Count == 2);
            }
        for (var length = 1; length < facts.Length; length++) Assert.That(IndicatorParcel.UnpackBucket(one, facts.AsSpan(0, length)), Is.Null);
        // A bomb names a length that it does not have, or more than any parcel may.
        var bomb = (byte[])facts.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(bomb, uint.MaxValue);
        Assert.That(IndicatorParcel.UnpackBucket(one, bomb), Is.Null);
    }

    // Packed by the release before facts: sites must read it for as long as clouds of that release are about.
    [TestCase("JwAAABsmAABET3YkrRhJF202odIOAKJLQSrovqdCGAD0bFh8NstJmAA=")]
    public void A_bucket_of_the_release_before_is_still_read(string golden)
    {
        var read = IndicatorParcel.UnpackBucket(Convert.FromBase64String(golden));
        Assert.That(read, Is.EqualTo(new[] { new ParcelEntry(new(IndicatorKind.Domain, "a.example"), 80, 4, 2, 1, 2), new ParcelEntry(new(IndicatorKind.Domain, "b.example"), 55, 3, 0, 3, 1) }));
    }
}
