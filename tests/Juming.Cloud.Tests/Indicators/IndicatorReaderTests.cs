using Juming.Contracts.Indicators;
using NUnit.Framework;

namespace Juming.Cloud.Tests.Indicators;

/// <summary>Values as feeds, reports and people write them.</summary>
[Category("C1.1")]
public sealed class IndicatorReaderTests
{
    [TestCase("hxxp://evil[.]com/a", IndicatorKind.Url, "http://evil.com/a")]
    [TestCase("hXXps[:]//evil(dot)com", IndicatorKind.Url, "http://evil.com/")]
    [TestCase("hxxps[://]evil.com", IndicatorKind.Url, "http://evil.com/")]
    [TestCase("evil.com/path", IndicatorKind.Url, "http://evil.com/path")]
    [TestCase("evil[.]com", IndicatorKind.Domain, "evil.com")]
    [TestCase("evil{.}com", IndicatorKind.Domain, "evil.com")]
    [TestCase("evil\\.com", IndicatorKind.Domain, "evil.com")]
    [TestCase("*.evil.com", IndicatorKind.Domain, "evil.com")]
    [TestCase("203[.]0[.]113[.]7", IndicatorKind.Address, "203.0.113.7")]
    [TestCase("203.0.113.7:4444", IndicatorKind.Address, "203.0.113.7")]
    [TestCase("[2001:db8::1]:443", IndicatorKind.Address, "2001:db8::1")]
    [TestCase("203.0.113.0/24", IndicatorKind.Network, "203.0.113.0/24")]
    [TestCase("203.0.113.0 - 203.0.113.255", IndicatorKind.Network, "203.0.113.0/24")]
    [TestCase("Phish[at]Evil[.]com", IndicatorKind.Email, "phish@evil.com")]
    [TestCase("<Phish@Evil.com>", IndicatorKind.Email, "phish@evil.com")]
    [TestCase("44D88612FEA8A8F36DE82E1278ABB02F", IndicatorKind.Md5, "44d88612fea8a8f36de82e1278abb02f")]
    [TestCase("3395856CE81F2B7382DEE72602F798B642F14140", IndicatorKind.Sha1, "3395856ce81f2b7382dee72602f798b642f14140")]
    [TestCase("\"275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f\"", IndicatorKind.Sha256, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f")]
    public void A_value_is_told_by_its_looks(string text, IndicatorKind kind, string value)
    {
        var into = new List<IndicatorValue>();
        Assert.That(IndicatorReader.Read(text, IndicatorKind.None, into), Is.EqualTo(IndicatorProblem.None));
        Assert.That(into, Is.EqualTo(new[] { new IndicatorValue(kind, value) }));
    }

    [Test]
    public void A_range_becomes_its_networks()
    {
        var into = new List<IndicatorValue>();
        Assert.That(IndicatorReader.Read("203.0.113.5-203.0.113.8", IndicatorKind.Address, into), Is.EqualTo(IndicatorProblem.None));
        Assert.That(into.Select(v => v.Value), Is.EqualTo(new[] { "203.0.113.5", "203.0.113.6/31", "203.0.113.8" }));
    }

    [TestCase("", IndicatorProblem.Empty)]
    [TestCase("  ", IndicatorProblem.Empty)]
    [TestCase("10.1.2.3", IndicatorProblem.Reserved)]
    [TestCase("127.0.0.1", IndicatorProblem.Reserved)]
    [TestCase("::1", IndicatorProblem.Reserved)]
    [TestCase("fe80::1", IndicatorProblem.Reserved)]
    [TestCase("::ffff:192.168.1.1", IndicatorProblem.Reserved)]
    [TestCase("192.0.0.0/8", IndicatorProblem.Reserved)]
    [TestCase("223.255.255.0-224.0.0.9", IndicatorProblem.Reserved)]
    [TestCase("0.0.0.0/0", IndicatorProblem.TooWide)]
    [TestCase("8.0.0.0/7", IndicatorProblem.TooWide)]
    [TestCase("2000::/3", IndicatorProblem.TooWide)]
    [TestCase("http://192.168.0.1/x", IndicatorProblem.Reserved)]
    [TestCase("http://printer.local/x", IndicatorProblem.LocalName)]
    [TestCase("wpad.lan", IndicatorProblem.LocalName)]
    [TestCase("fileserver", IndicatorProblem.LocalName)]
    [TestCase("root@mail.internal", IndicatorProblem.LocalName)]
    [TestCase("d41d8cd98f00b204e9800998ecf8427e", IndicatorProblem.EmptyFile)]
    [TestCase("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", IndicatorProblem.EmptyFile)]
    [TestCase("00000000000000000000000000000000", IndicatorProblem.EmptyFile)]
    [TestCase("<html>", IndicatorProblem.Unreadable)]
    [TestCase("not an indicator", IndicatorProblem.Unreadable)]
    [TestCase("010.1.2.3", IndicatorProblem.Unreadable)]
    public void What_would_match_everybody_or_nothing_is_refused_with_its_reason(string text, IndicatorProblem problem)
    {
        var into = new List<IndicatorValue>();
        Assert.That((IndicatorReader.Read(text, IndicatorKind.None, into), into.Count), Is.EqualTo((problem, 0)));
    }

    [Test]
    public void A_named_kind_is_held_to()
    {
        var into = new List<IndicatorValue>();
        Assert.That(IndicatorReader.Read("3dd25cbfe76db155615283f905992030468f3d", IndicatorKind.Sha256, into), Is.EqualTo(IndicatorProblem.Unreadable), "digits that are no hash's number");
        Assert.That(IndicatorReader.Read("evil.com", IndicatorKind.Address, into), Is.EqualTo(IndicatorProblem.Unreadable));
        Assert.That(IndicatorReader.Read("203.0.113.7", IndicatorKind.Domain, into), Is.EqualTo(IndicatorProblem.Unreadable));
        Assert.That(IndicatorReader.Read("http://evil.com/" + new string('a', 3000), IndicatorKind.Url, into), Is.EqualTo(IndicatorProblem.TooLong));
        Assert.That(IndicatorReader.Read(new string('a', 100_000), IndicatorKind.None, into), Is.EqualTo(IndicatorProblem.TooLong));
    }
}
