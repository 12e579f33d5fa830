using Juming.Contracts.Vulnerabilities;
using NUnit.Framework;

namespace Juming.Cloud.Tests.Vulnerabilities;

/// <summary>Versions are compared as their makers count them, and names of products are read as they are written.</summary>
[Category("C1.4")]
internal sealed class VersionOrderTests
{
    [TestCase("1.2.9", "1.2.10")]
    [TestCase("1.2", "1.2.1")]
    [TestCase("9", "10")]
    [TestCase("2.0.0-rc1", "2.0.0")]
    [TestCase("2.0.0-beta2", "2.0.0-rc1")]
    [TestCase("2.0.0-alpha", "2.0.0-beta")]
    [TestCase("3.0a1", "3.0")]
    [TestCase("3.0b2", "3.0rc1")]
    [TestCase("1.1.1", "1.1.1a")]
    [TestCase("1.1.1a", "1.1.1k")]
    [TestCase("1.0.2zg", "1.1.0")]
    [TestCase("7.4", "7.4p1")]
    [TestCase("7.4p1", "7.5")]
    [TestCase("1:1.0", "2:0.1")]
    [TestCase("99.0", "1:0.1")]
    [TestCase("1.0~rc1", "1.0")]
    [TestCase("1.0-SNAPSHOT", "1.0")]
    [TestCase("8u291", "8u301")]
    [TestCase("10.0.19041.1", "10.0.19042")]
    [TestCase("v1.9", "v1.10")]
    [TestCase("2.14.1", "2.15.0")]
    [TestCase("12.1(3)", "12.1(10)")]
    [TestCase("99999999999999999999", "100000000000000000000")]
    [TestCase("", "0.1")]
    public void The_first_is_the_earlier_one(string earlier, string later)
    {
        Assert.That(VersionOrder.Compare(earlier, later), Is.LessThan(0));
        Assert.That(VersionOrder.Compare(later, earlier), Is.GreaterThan(0));
    }

    [TestCase("1.2", "1.2.0")]
    [TestCase("1.02", "1.2")]
    [TestCase("v1.2", "1.2")]
    [TestCase("1.2.0.Final", "1.2")]
    [TestCase("1.2_3", "1.2-3")]
    [TestCase("2.0-RC1", "2.0rc1")]
    [TestCase("0:1.0", "1.0")]
    [TestCase(null, "")]
    public void Both_are_the_same(string? one, string other) => Assert.That(VersionOrder.Compare(one, other), Is.Zero);

    [Test]
    public void Nonsense_is_compared_in_an_order_that_never_contradicts_itself()
    {
        var random = new Random(4711);
        const string Letters = "0019abrcp.-_~:+ vé中\u0000";
        var texts = Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 14)).Select(_ => Letters[random.Next(Letters.Length)]))).ToList();
        texts.Add(new string('.', 5000) + "1");
        texts.Add(string.Join('.', Enumerable.Repeat("1", 3000)));
        foreach (var a in texts)
            foreach (var b in texts) Assert.That(Math.Sign(VersionOrder.Compare(a, b)), Is.EqualTo(-Math.Sign(VersionOrder.Compare(b, a))), $"'{a}' '{b}'");
    }

    [TestCase("*", "", false, "", false, "1.0", true)]
    [TestCase("*", "", false, "2.0", true, "1.9", true)]
    [TestCase("*", "", false, "2.0", true, "2.0", false)]
    [TestCase("*", "", false, "2.0", false, "2.0.0", true)]
    [TestCase("*", "1.0", false, "2.0", true, "1.0", true)]
    [TestCase("*", "1.0", true, "2.0", true, "1.0", false)]
    [TestCase("*", "1.0", false, "2.0", true, "0.9", false)]
    [TestCase("1.4", "", false, "", false, "1.4.0", true)]
    [TestCase("1.4", "", false, "", false, "1.5", false)]
    [TestCase("-", "", false, "", false, "1.4", false)]
    [TestCase("*", "3.0", false, "2.0", true, "2.5", false)]
    public void A_range_holds_a_version(string version, string from, bool fromOut, string to, bool toOut, string asked, bool holds) =>
        Assert.That(new AffectedRange('a', "v", "p", version, from, fromOut, to, toOut, false).Holds(asked), Is.EqualTo(holds));

    [TestCase("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", 'a', "apache", "log4j", "2.14.1")]
    [TestCase("cpe:2.3:a:Notepad-Plus-Plus:notepad\\+\\+:8.1:*:*:*:*:*:*:*", 'a', "notepad-plus-plus", "notepad++", "8.1")]
    [TestCase("cpe:2.3:o:linux:linux_kernel:6.1:rc3:*:*:*:*:*:*", 'o', "linux", "linux_kernel", "6.1-rc3")]
    [TestCase("cpe:/a:openbsd:openssh:7.4:p1", 'a', "openbsd", "openssh", "7.4-p1")]
    [TestCase("cpe:2.3:h:vendor:a\\:b:-", 'h', "vendor", "a:b", "-")]
    [TestCase("cpe:/a:apache:http_server%2e", 'a', "apache", "http_server.", "*")]
    public void A_name_is_read(string text, char part, string vendor, string product, string version) => Assert.That(CpeName.Parse(text), Is.EqualTo(new CpeName(part, vendor, product, version)));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("cpe:2.3:")]
    [TestCase("cpe:2.3:a")]
    [TestCase("cpe:2.3:a::nginx:1.0")]
    [TestCase("cpe:2.3:x:vendor:product:1.0")]
    [TestCase("cpe:2.4:a:vendor:product")]
    [TestCase("cpe:2.3:a:ven dor:product")]
    [TestCase("cpe:2.3:a:v:p:1:2:3:4:5:6:7:8:9:10:11:12:13:14")]
    [TestCase("nginx 1.18.0")]
    [TestCase("cpe:2.3:a:v:p\n:1")]
    public void Nonsense_is_no_name(string? text) => Assert.That(CpeName.Parse(text), Is.Null);

    [Test]
    public void A_name_without_end_is_no_name() => Assert.That(CpeName.Parse("cpe:2.3:a:v:" + new string('p', 100_000)), Is.Null);
}
