using Juming.Site.DeviceLinkage.Captcha;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage.Captcha;

[Category("S3")]
public sealed class CaptchaSumTests
{
    [TestCase("3+5=?", 8)]
    [TestCase("3+5", 8)]
    [TestCase("12-7=", 5)]
    [TestCase("3-7", -4)]
    [TestCase("6×7=?", 42)]
    [TestCase("6*7=？", 42)]
    [TestCase("6x7", 42)]
    [TestCase("8÷2=?", 4)]
    [TestCase("8/2", 4)]
    [TestCase("0+0=", 0)]
    [TestCase("99×99", 9801)]
    [TestCase("叁加伍等于", 8)]
    [TestCase("叁加伍等于?", 8)]
    [TestCase("三乘以五等于几", 15)]
    [TestCase("玖减去捌=?", 1)]
    [TestCase("八除以二等于", 4)]
    [TestCase("十加十二", 22)]
    [TestCase("二十三减十", 13)]
    [TestCase("拾加贰拾", 30)]
    [TestCase("7加3等于?", 10)]
    public void A_sum_is_computed(string text, int answer) => Assert.That(CaptchaSum.Parse(text)?.Answer, Is.EqualTo(answer));

    [TestCase("")]
    [TestCase("3")]
    [TestCase("3+")]
    [TestCase("+5")]
    [TestCase("3+5+1")]
    [TestCase("abcd")]
    [TestCase("3+5=8x")]
    [TestCase("8÷3=?")]
    [TestCase("8÷0=?")]
    [TestCase("12345+1")]
    [TestCase("等于")]
    public void What_is_no_sum_has_no_result(string text) => Assert.That(CaptchaSum.Parse(text), Is.Null);

    [Test]
    public void Only_the_part_that_carries_the_result_counts_for_its_certainty() => Assert.That(CaptchaSum.Parse("叁加伍等于?")?.Length, Is.EqualTo(3));
}
