using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Contracts.Indicators;
using NUnit.Framework;

namespace Juming.Cloud.Tests.Indicators;

/// <summary>One form for a value however it is written, the same at cloud and site.</summary>
[Category("C1.1")]
public sealed class NormalFormTests
{
    private const int Rounds = 20_000;

    [TestCase("203.0.113.7", "203.0.113.7")]
    [TestCase("::ffff:203.0.113.7", "203.0.113.7")]
    [TestCase("::FFFF:CB00:7107", "203.0.113.7")]
    [TestCase("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [TestCase("2001:db8::0.0.0.1", "2001:db8::1")]
    [TestCase("::", "::")]
    [TestCase("1::", "1::")]
    public void An_address_has_one_form(string text, string normal)
    {
        Assert.That(NetAddress.TryRead(Encoding.UTF8.GetBytes(text), out var address));
        Assert.That(address.ToString(), Is.EqualTo(normal));
    }

    [TestCase("10.1")]
    [TestCase("0x0a000001")]
    [TestCase("010.0.0.1")]
    [TestCase("1.2.3.4.5")]
    [TestCase("1.2.3.")]
    [TestCase(".1.2.3")]
    [TestCase("256.1.1.1")]
    [TestCase("2130706433")]
    [TestCase("fe80::1%eth0")]
    [TestCase("1:2:3:4:5:6:7")]
    [TestCase("1:2:3:4:5:6:7:8:9")]
    [TestCase("1:2:3:4:5:6:7::8")]
    [TestCase("1::2::3")]
    [TestCase(":1:2:3:4:5:6:7")]
    [TestCase("1:2:3:4:5:6:7:")]
    [TestCase(":::")]
    [TestCase("12345::")]
    [TestCase("1.2.3.4::")]
    [TestCase("::1.2.3")]
    [TestCase("")]
    [TestCase(" 1.2.3.4")]
    public void What_leaves_something_to_guess_is_no_address(string text) => Assert.That(NetAddress.TryRead(Encoding.UTF8.GetBytes(text), out _), Is.False);

    [Test]
    public void Addresses_are_read_and_written_as_the_platform_does()
    {
        var random = new Random(1);
        var bytes = new byte[16];
        for (var i = 0; i < Rounds; i++)
        {
            random.NextBytes(bytes);
            // Runs of zeros, which the short form leaves out.
            for (var z = 0; z < 16; z += 2)
                if (random.Next(2) == 0) bytes[z] = bytes[z + 1] = 0;
            var address = i % 2 == 0 ? new IPAddress(bytes) : new IPAddress(bytes.AsSpan(0, 4));
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            Assert.That(NetAddress.TryRead(Encoding.ASCII.GetBytes(address.ToString()), out var read), address.ToString());
            Assert.That((read.ToString(), read.IsV4), Is.EqualTo((address.ToString(), address.AddressFamily == AddressFamily.InterNetwork)));
        }
    }

    [TestCase("198.51.100.77/24", "198.51.100.0/24")]
    [TestCase("198.51.100.77/32", "198.51.100.77")]
    [TestCase("198.51.100.77", "198.51.100.77")]
    [TestCase("2001:db8:1:2:3::/48", "2001:db8:1::/48")]
    [TestCase("2001:db8::1/128", "2001:db8::1")]
    public void A_network_has_no_bits_beyond_its_length(string text, string normal)
    {
        Assert.That(NetRange.TryRead(Encoding.UTF8.GetBytes(text), out var range));
        Assert.That(range.ToString(), Is.EqualTo(normal));
    }

    [TestCase("1.2.3.4/33")]
    [TestCase("1.2.3.4/")]
    [TestCase("1.2.3.4/-1")]
    [TestCase("1.2.3.4/08")]
    [TestCase("::/129")]
    [TestCase("1.2.3.0/255.255.255.0")]
    public void A_wrong_length_is_refused(string text) => Assert.That(NetRange.TryRead(Encoding.UTF8.GetBytes(text), out _), Is.False);

    [Test]
    public void A_range_is_covered_exactly_by_the_fewest_networks()
    {
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            var (a, b) = ((uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));
            if (random.Next(2) == 0) b = a + (uint)random.Next(5000);
            if (a > b) (a, b) = (b, a);
            var parts = new List<NetRange>();
            Assert.That(NetRange.TryCover(new(a, true), new(b, true), parts));
            var at = (ulong)a;
            foreach (var part in parts)
            {
                Assert.That((ulong)part.First.Bits, Is.EqualTo(at));
                at = (ulong)part.Last.Bits + 1;
            }
            Assert.That(at, Is.EqualTo((ulong)b + 1));
            Assert.That(parts, Has.Count.LessThanOrEqualTo(62));
        }
        var all = new List<NetRange>();
        Assert.That(NetRange.TryCover(new(0, false), new(UInt128.MaxValue, false), all) && all is [{ Length: 0 }]);
        Assert.That(NetRange.TryCover(new(2, true), new(1, true), all), Is.False);
    }

    [TestCase("Evil.COM", "evil.com")]
    [TestCase("evil.com.", "evil.com")]
    [TestCase("例え.JP", "xn--r8jz45g.jp")]
    [TestCase("中国移动.中国", "xn--fiq02ib9d179b.xn--fiqs8s")]
    [TestCase("Bücher.example", "xn--bcher-kva.example")]
    [TestCase("evil。com", "evil.com")]
    [TestCase("_dmarc.a-b.example", "_dmarc.a-b.example")]
    public void A_name_has_one_form(string text, string normal) => Assert.That(Domain(text), Is.EqualTo(normal));

    [TestCase("com")]
    [TestCase("evil..com")]
    [TestCase(".evil.com")]
    [TestCase("evil.com..")]
    [TestCase("1.2.3.4")]
    [TestCase("１.２.３.４")]
    [TestCase("a b.com")]
    [TestCase("a\u0000b.com")]
    [TestCase("<script>.com")]
    [TestCase("a/b.com")]
    [TestCase("\uFFFD.com")]
    public void What_is_no_name_is_refused(string text) => Assert.That(Domain(text), Is.Null);

    [Test]
    public void Names_and_labels_have_their_longest()
    {
        Assert.That(Domain(new string('a', 63) + ".com"), Is.Not.Null);
        Assert.That(Domain(new string('a', 64) + ".com"), Is.Null);
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 61), 4)) + ".coms";
        Assert.That((longest.Length, Domain(longest)), Is.EqualTo((252, longest)));
        Assert.That(Domain(longest + "ab"), Is.Null);
        Assert.That(Domain(new string('例', 400)), Is.Null);
    }

    [TestCase("HTTP://Evil.COM", "http://evil.com/")]
    [TestCase("https://evil.com:443/a", "http://evil.com/a")]
    [TestCase("http://evil.com:80/a#b", "http://evil.com/a")]
    [TestCase("http://evil.com:8080/a", "http://evil.com:8080/a")]
    [TestCase("http://user:word@evil.com/", "http://evil.com/")]
    [TestCase("http://google.com@evil.com/", "http://evil.com/")]
    [TestCase("http://evil.com/a/./b/../c", "http://evil.com/a/c")]
    [TestCase("http://evil.com/../../x", "http://evil.com/x")]
    [TestCase("http://evil.com/a/%2e%2E/b", "http://evil.com/b")]
    [TestCase("http://evil.com/%7Ea%2fb", "http://evil.com/~a%2Fb")]
    [TestCase("http://evil.com/a b", "http://evil.com/a%20b")]
    [TestCase("http://evil.com/中", "http://evil.com/%E4%B8%AD")]
    [TestCase("http://evil.com\\a\\b", "http://evil.com/a/b")]
    [TestCase("http://evil.com?q=1&a=2", "http://evil.com/?q=1&a=2")]
    [TestCase("http://evil.com/?b=%41&a", "http://evil.com/?b=A&a")]
    [TestCase("http://evil.com/100%", "http://evil.com/100%25")]
    [TestCase("http://[2001:DB8:0::1]:81/x", "http://[2001:db8::1]:81/x")]
    [TestCase("http://203.0.113.9/x", "http://203.0.113.9/x")]
    [TestCase("http://bücher.example/", "http://xn--bcher-kva.example/")]
    [TestCase("ftp://evil.com:21/a", "ftp://evil.com/a")]
    public void A_url_has_one_form(string text, string normal) => Assert.That(Url(text), Is.EqualTo(normal));

    [TestCase("evil.com/a")]
    [TestCase("http:///a")]
    [TestCase("http://localhost/a")]
    [TestCase("http://evil.com:99999/")]
    [TestCase("http://evil.com:8o/")]
    [TestCase("http://2130706433/")]
    [TestCase("http://0x7f.1/")]
    [TestCase("http://[::1/")]
    [TestCase("http://a b.com/")]
    [TestCase("http://evil.com/a\nb")]
    [TestCase("javascript:alert(1)")]
    [TestCase("1http://evil.com/")]
    public void What_is_no_url_is_refused(string text) => Assert.That(Url(text), Is.Null);

    [Test]
    public void A_url_tells_its_host()
    {
        foreach (var (url, host) in new[] { ("http://evil.com:8080/a", "evil.com"), ("http://[2001:db8::1]:81/", "2001:db8::1"), ("http://203.0.113.9/x?y", "203.0.113.9") })
        {
            var bytes = Encoding.ASCII.GetBytes(url);
            Assert.That(Encoding.ASCII.GetString(bytes[UrlForm.HostOf(bytes)]), Is.EqualTo(host));
        }
    }

    [Test]
    public void A_normal_form_is_its_own_and_no_input_breaks_the_reader()
    {
        var random = new Random(3);
        string[] parts = ["http://", "hxxps[:]//", "evil", ".com", "[.]", "/", "..", "%2e", "%", "例", "@", ":", "80", "?", "#", "\\", "203.0.113.9", "::", "[", "]", "d41d8cd98f00b204e9800998ecf8427e", "-", " ", "\0", "\uD800", "*.", "a", "::ffff:1.2.3.4", "/24"];
        var (into, read) = (new List<IndicatorValue>(), 0);
        for (var i = 0; i < Rounds * 5; i++)
        {
            byte[] text;
            if (i % 4 == 0) random.NextBytes(text = new byte[random.Next(80)]);
            else text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)])));
            into.Clear();
            var problem = IndicatorReader.Read(text, i % 3 == 0 ? (IndicatorKind)random.Next(9) : IndicatorKind.None, into);
            Assert.That(problem == IndicatorProblem.None, Is.EqualTo(into.Count > 0));
            foreach (var value in into.ToArray())
            {
                read++;
                var again = new List<IndicatorValue>();
                Assert.That(IndicatorReader.Read(value.Value, value.Kind, again), Is.EqualTo(IndicatorProblem.None), value.ToString());
                Assert.That(again, Is.EqualTo(new[] { value }));
            }
        }
        Assert.That(read, Is.GreaterThan(1000), "the parts make values at all");
    }

    [Test]
    public void The_pipeline_forms_allocate_nothing()
    {
        byte[] url = [.. "https://Evil.example:443/a/../b?c=%41"u8], name = [.. "www.Evil.example."u8], v4 = [.. "203.0.113.7"u8], v6 = [.. "2001:db8::1"u8];
        var to = new byte[UrlForm.Longest];
        for (var warm = 0; warm < 2; warm++) Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Pass();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Pass()
        {
            if (!UrlForm.TryWrite(url, to, out _) || !DomainForm.TryWrite(name, to, out _) || !NetAddress.TryRead(v4, out _) || !NetAddress.TryRead(v6, out _)) throw new InvalidOperationException();
        }
    }

    private static string? Domain(string text)
    {
        Span<byte> to = stackalloc byte[DomainForm.Longest];
        return DomainForm.TryWrite(Encoding.UTF8.GetBytes(text), to, out var length) ? Encoding.ASCII.GetString(to[..length]) : null;
    }

    private static string? Url(string text)
    {
        var to = new byte[UrlForm.Longest];
        return UrlForm.TryWrite(Encoding.UTF8.GetBytes(text), to, out var length) ? Encoding.ASCII.GetString(to, 0, length) : null;
    }
}
