using System.Net;
using Juming.Site.Blocking.Protection;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>A target is read in every notation that a device might understand, and an overlap with what is protected is never missed.</summary>
[Category("S3.3")]
internal sealed class ReadingTests
{
    [TestCase("203.0.113.7", "203.0.113.7")]
    [TestCase(" 203.0.113.7\t", "203.0.113.7")]
    [TestCase("203.0.113.7.", "203.0.113.7")]
    [TestCase("203.0.113.7/32", "203.0.113.7")]
    [TestCase("203.0.113.77/24", "203.0.113.0/24")]
    [TestCase("203.0.113.0/255.255.255.0", "203.0.113.0/24")]
    [TestCase("203.0.113.0/0.0.0.255", "203.0.113.0/24")]
    [TestCase("203.0.113.*", "203.0.113.0/24")]
    [TestCase("203.0.*.*", "203.0.0.0/16")]
    [TestCase("203.0.113.0-203.0.113.255", "203.0.113.0/24")]
    [TestCase("203.0.113.1 - 203.0.113.9", "203.0.113.1-203.0.113.9")]
    [TestCase("203.0.113.1-9", "203.0.113.1-203.0.113.9")]
    [TestCase("3405803783", "203.0.113.7")]
    [TestCase("0xCB007107", "203.0.113.7")]
    [TestCase("0xcb.0x0.0x71.0x7", "203.0.113.7")]
    [TestCase("203.28935", "203.0.113.7")]
    [TestCase("::ffff:203.0.113.7", "203.0.113.7")]
    [TestCase("::FFFF:cb00:7107", "203.0.113.7")]
    [TestCase("0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7")]
    [TestCase("::ffff:203.0.113.0/120", "203.0.113.0/24")]
    [TestCase("[2001:db8::7]", "2001:db8::7")]
    [TestCase("2001:0DB8:0000::0007", "2001:db8::7")]
    [TestCase("2001:db8::7%eth0", "2001:db8::7")]
    [TestCase("2001:db8:0:1::/64", "2001:db8:0:1::/64")]
    [TestCase("\uff12\uff10\uff13\uff0e\uff10\uff0e\uff11\uff11\uff13\uff0e\uff17", "203.0.113.7")]
    [TestCase("203\u30020\u3002113\u30027", "203.0.113.7")]
    [TestCase("203.0.\u200b113\ufeff.7", "203.0.113.7")]
    [TestCase("\u0662\u0660\u0663.\u0660.\u0661\u0661\u0663.\u0667", "203.0.113.7")]
    [TestCase("203.0.113.0\u2215" + "24", "203.0.113.0/24")]
    [TestCase("203.0.113.0\u2215\u0662\u0664", "203.0.113.0/24")]
    [TestCase("0.0.0.0/0", "0.0.0.0/0")]
    [TestCase("::/0", "::/0")]
    [TestCase("*", "0.0.0.0/0")]
    [TestCase("203.0.113.256", null)]
    [TestCase("203.0.113.7/33", null)]
    [TestCase("203.0.113.7:80", null)]
    [TestCase("203.0.113.9-203.0.113.1", null)]
    [TestCase("203.0.113.7 203.0.113.8", null)]
    [TestCase("http://203.0.113.7/", null)]
    [TestCase("203.0.113.7;rm", null)]
    [TestCase("1.2.3.4.5", null)]
    [TestCase("\ud800", null)]
    [TestCase("", null)]
    [TestCase("99999999999999999999", null)]
    public void A_notation_is_read_as_what_it_is(string text, string? normal)
    {
        var ranges = TargetReader.Read(text).Ranges;
        Assert.That(ranges.Select(r => r.ToString()), Is.EqualTo(normal is null ? [] : new[] { normal }));
    }

    [TestCase("010.0.0.1", "8.0.0.1", "10.0.0.1")]
    [TestCase("0300.0250.1.1", "192.168.1.1", null)]
    [TestCase("127.1", "127.0.0.1", null)]
    [TestCase("10/8", "0.0.0.0/8", "10.0.0.0/8")]
    [TestCase("192.168/16", "192.0.0.0/16", "192.168.0.0/16")]
    [TestCase("0177.0.0.1", "127.0.0.1", "177.0.0.1")]
    public void What_devices_read_differently_is_read_both_ways(string text, string first, string? second)
    {
        var ranges = TargetReader.Read(text).Ranges.Select(r => r.ToString()).ToList();
        Assert.That(ranges, Does.Contain(first));
        if (second is not null) Assert.That(ranges, Does.Contain(second));
    }

    [Test]
    public void A_text_of_any_length_and_content_is_read_in_no_time()
    {
        var random = new Random(7);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(0, 320)).Select(_ => random.Next(4) == 0 ? (char)random.Next(0, 0x10000) : "0123456789abcdefx.:/-*[]% "[random.Next(26)])]);
            Assert.DoesNotThrow(() => TargetReader.Read(text), text);
        }
        Assert.That(TargetReader.Read(new string('1', 1_000_000)).Ranges, Is.Empty);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public void The_index_finds_exactly_the_overlaps_that_comparing_each_finds()
    {
        var random = new Random(20261127);
        for (var round = 0; round < 200; round++)
        {
            var all = Enumerable.Range(0, random.Next(0, 60)).Select(_ => new Protection("k", Range(random))).ToList();
            var index = new ProtectedIndex(all);
            for (var i = 0; i < 200; i++)
            {
                var asked = Range(random);
                var found = index.Find(asked, DateTimeOffset.UnixEpoch);
                var expected = all.Any(p => p.Range.First <= asked.Last && p.Range.Last >= asked.First);
                Assert.That(found is not null, Is.EqualTo(expected), $"{asked} in {string.Join(' ', all.Select(p => p.Range))}");
                if (found is not null) Assert.That(found.Range.Overlaps(asked) && asked.Overlaps(found.Range));
            }
        }
    }

    [Test]
    public void Each_form_of_an_address_is_the_same_address()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var value = (uint)random.NextInt64(0x0100_0000, 0xdfff_ffff);
            var dotted = new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]).ToString();
            var parts = dotted.Split('.').Select(uint.Parse).ToArray();
            string[] forms = [value.ToString(), "0x" + value.ToString("x"), "0" + Convert.ToString(value, 8), string.Join('.', parts.Select(p => "0x" + p.ToString("X"))), $"{parts[0]}.{value & 0xffffff}", $"{parts[0]}.{parts[1]}.{value & 0xffff}",
                "::ffff:" + dotted, $"::ffff:{value >> 16:x}:{value & 0xffff:x}", dotted + "/32", $"{dotted}-{dotted}", "[::ffff:" + dotted + "]"];
            foreach (var form in forms) Assert.That(TargetReader.Read(form).Ranges.Select(r => r.ToString()), Does.Contain(dotted), form);
            var v6 = new IPAddress([.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256))]);
            Assert.That(TargetReader.Read(string.Join(':', v6.GetAddressBytes().Chunk(2).Select(c => $"{c[0]:X2}{c[1]:X2}"))).Ranges.Select(r => r.ToString()), Is.EqualTo(new[] { v6.ToString() }));
        }
    }

    [Test]
    public void An_address_that_carries_another_one_means_both()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Meanings("64:ff9b::10.0.0.1"), Does.Contain("10.0.0.1"));
            Assert.That(Meanings("2002:0a00:0001::1"), Does.Contain("10.0.0.1"));
            Assert.That(Meanings("2002::/16"), Does.Contain("0.0.0.0/0"));
            Assert.That(Meanings("64:ff9b::/96"), Does.Contain("0.0.0.0/0"));
        });
    }

    private static IEnumerable<string> Meanings(string text) => TargetReader.Read(text).Ranges.SelectMany(r => r.Meanings()).Select(r => r.ToString());

    /// <summary>Ranges near each other, of both families, so that they often touch.</summary>
    private static AddressRange Range(Random random)
    {
        if (random.Next(3) == 0)
        {
            var bytes = new byte[16];
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (0x20, 0x01, 0x0d, (byte)random.Next(4));
            return AddressRange.V6Prefix(new IPAddress(bytes), random.Next(0, 129));
        }
        var first = (uint)random.Next(0, 4096);
        return random.Next(50) == 0 ? AddressRange.V4(0, uint.MaxValue) : AddressRange.V4(first, first + (uint)random.Next(0, 64));
    }
}
