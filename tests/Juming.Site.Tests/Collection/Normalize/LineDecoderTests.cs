using System.Text;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

/// <summary>Charsets of a line: UTF-8, GB18030, both on one line, cut in a character, or none of them.</summary>
[Category("S2.1")]
internal sealed class LineDecoderTests
{
    private const string Header = "<134>Nov 20 19:59:58 防火墙一号 secdev: ";
    private const string Body = "日志类型=登录 用户名=张伟 来源=10.1.1.1 结果=失败";

    private static readonly Encoding Gb18030 = MakeGb18030();

    [Test]
    public void A_utf8_header_before_a_gb18030_message_leaves_both_readable()
    {
        var batch = Normalize([.. Encoding.UTF8.GetBytes(Header), .. Gb18030.GetBytes(Body)]);
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(batch.Raw(0)), Is.EqualTo(Header + Body));
            Assert.That(batch.Text(0, Field.UserName), Is.EqualTo("张伟"));
            Assert.That(batch.Events[0].Flags & EventFlags.Gb18030, Is.Not.EqualTo(EventFlags.None));
            Assert.That(batch.Events[0].Flags & EventFlags.LossyText, Is.EqualTo(EventFlags.None));
        });
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_datagram_cut_inside_a_character_stays_utf8(int missing)
    {
        var whole = Encoding.UTF8.GetBytes("<134>Nov 20 19:59:58 fw secdev: 日志类型=登录 用户名=张伟");
        var batch = Normalize(whole[..^missing]);
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(batch.Raw(0)), Does.EndWith("用户名=张"));
            Assert.That(batch.Events[0].Flags & EventFlags.Truncated, Is.Not.EqualTo(EventFlags.None));
            Assert.That(batch.Events[0].Flags & (EventFlags.Gb18030 | EventFlags.LossyText), Is.EqualTo(EventFlags.None));
        });
    }

    [Test]
    public void Characters_of_four_bytes_and_trails_that_look_like_ascii_are_decoded()
    {
        // U+20087 has four bytes in GB18030; the second byte of 丂 is an at sign's neighbour in ASCII.
        const string text = "名称=𠂇丂 端口=80";
        var batch = Normalize(Gb18030.GetBytes(text));
        Assert.That(Encoding.UTF8.GetString(batch.Raw(0)), Is.EqualTo(text));
    }

    [Test]
    public void Bytes_of_no_charset_are_kept_as_they_were_sent()
    {
        byte[] line = [.. "<134>Nov 20 19:59:58 防 waf: http="u8, 0xFF, 0xFE, 0x00, 0xFF, .. " 用户=王"u8];
        var batch = Normalize(line);
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(batch.Raw(0)), Does.Contain("防").And.EndWith("用户=王"));
            Assert.That(batch.Events[0].Flags & EventFlags.LossyText, Is.Not.EqualTo(EventFlags.None));
            Assert.That(Convert.FromBase64String(batch.Text(0, FieldNames.Intern("event.original_bytes"))!), Is.EqualTo(line));
        });
    }

    [Test]
    public void Whatever_bytes_come_valid_utf8_goes_on()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var line = new byte[random.Next(1, 200)];
            random.NextBytes(line);
            if (i % 3 == 0 && line.Length >= 6) Encoding.UTF8.GetBytes("中文").CopyTo(line, 0);
            var flags = EventFlags.None;
            Assert.That(System.Text.Unicode.Utf8.IsValid(LineDecoder.Decode(line, null, ref flags)), Convert.ToHexString(line));
        }
    }

    private static EventBatch Normalize(byte[] line)
    {
        var batch = new EventBatch(1);
        new LineNormalizer().Normalize(batch, line, new LineContext { Received = 1_763_640_000_000_000, Source = new SourceMemory() });
        return batch;
    }

    private static Encoding MakeGb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030");
    }
}
