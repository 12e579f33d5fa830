using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Juming.Site.DeviceLinkage.Captcha;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage.Captcha;

/// <summary>A device, or who took it over, decides what the reader gets to see.</summary>
[Category("S3")]
internal sealed class HostilePictureTests
{
    private readonly CaptchaReader _reader = new();

    [OneTimeTearDown]
    public void Dispose() => _reader.Dispose();

    private static IEnumerable<TestCaseData> Refused()
    {
        var good = Pictures.Bytes(Directory.GetFiles(Pictures.Folder, "svg*.png").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).First());
        yield return new TestCaseData(Array.Empty<byte>(), nameof(CaptchaRefusal.NotAPicture)).SetArgDisplayNames("nothing");
        yield return new TestCaseData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"150\" height=\"50\"/>"u8.ToArray(), nameof(CaptchaRefusal.NotAPicture)).SetArgDisplayNames("svg");
        yield return new TestCaseData("<html>login</html>"u8.ToArray(), nameof(CaptchaRefusal.NotAPicture)).SetArgDisplayNames("html");
        yield return new TestCaseData("BM"u8.ToArray().Concat(new byte[200]).ToArray(), nameof(CaptchaRefusal.NotAPicture)).SetArgDisplayNames("a format that no browser screenshot has");
        yield return new TestCaseData(PngHeader(60_000, 60_000), nameof(CaptchaRefusal.TooBig)).SetArgDisplayNames("bomb of 60,000 x 60,000");
        yield return new TestCaseData(PngHeader(1_900, 1_900), nameof(CaptchaRefusal.TooBig)).SetArgDisplayNames("more pixels than a captcha has");
        yield return new TestCaseData(GifHeader(65_535, 65_535), nameof(CaptchaRefusal.TooBig)).SetArgDisplayNames("GIF screen of 65,535 x 65,535");
        yield return new TestCaseData(good.Concat(new byte[2 << 20]).ToArray(), nameof(CaptchaRefusal.TooBig)).SetArgDisplayNames("2 MB");
        yield return new TestCaseData(PngHeader(0, 0), nameof(CaptchaRefusal.Broken)).SetArgDisplayNames("zero size");
        yield return new TestCaseData(PngHeader(4, 4), nameof(CaptchaRefusal.TooSmall)).SetArgDisplayNames("4 x 4");
        yield return new TestCaseData(good[..(good.Length / 2)], nameof(CaptchaRefusal.Broken)).SetArgDisplayNames("half a picture");
        yield return new TestCaseData(good[..20], nameof(CaptchaRefusal.Broken)).SetArgDisplayNames("half a header");
        yield return new TestCaseData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }.Concat(new byte[500]).ToArray(), nameof(CaptchaRefusal.Broken)).SetArgDisplayNames("JPEG of zeros");
    }

    [TestCaseSource(nameof(Refused))]
    public void It_is_refused_with_a_reason(byte[] picture, string reason)
    {
        var before = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        var reading = _reader.Read(picture, CaptchaHint.None);
        Assert.Multiple(() =>
        {
            Assert.That(reading.Refusal.ToString(), Is.EqualTo(reason));
            Assert.That(reading.Text, Is.Empty);
            Assert.That(reading.Confidence, Is.Zero);
            Assert.That(CaptchaReader.ReadSlider(picture, picture).Refusal, Is.Not.EqualTo(CaptchaRefusal.None));
            Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(32L << 20));
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        });
    }

    [Test]
    public void Of_ten_thousand_frames_only_the_first_is_looked_at()
    {
        var file = Path.GetFileName(Directory.GetFiles(Pictures.Folder, "gif*.gif").Order(StringComparer.Ordinal).First());
        var first = Pictures.Bytes(file);
        var frame = new byte[] { 0x21, 0xF9, 4, 0, 1, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0 };
        var many = first[..^1].Concat(Enumerable.Repeat(frame, 10_000).SelectMany(f => f)).Append((byte)0x3B).ToArray();
        var clock = Stopwatch.StartNew();
        Assert.That(_reader.Read(many, CaptchaHint.None).Text, Is.EqualTo(Pictures.Answer(file)));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Damage_anywhere_in_a_picture_is_survived([Range(1, 10)] int seed)
    {
        var dice = new Random(seed);
        foreach (var file in Directory.GetFiles(Pictures.Folder))
            for (var round = 0; round < 12; round++)
            {
                var picture = File.ReadAllBytes(file);
                for (var i = dice.Next(1, 12); i > 0; i--) picture[dice.Next(picture.Length)] = (byte)dice.Next(256);
                var reading = _reader.Read(picture, CaptchaHint.None);
                Assert.That(reading.Confidence, Is.InRange(0.0, 1.0));
                Assert.That(reading.Text.Length == 0, Is.EqualTo(reading.Refusal != CaptchaRefusal.None));
            }
    }

    [TestCase(0)]
    [TestCase(-3)]
    [TestCase(int.MaxValue)]
    public void A_senseless_length_is_survived(int length) =>
        Assert.That(() => _reader.Read(File.ReadAllBytes(Directory.GetFiles(Pictures.Folder)[0]), new CaptchaHint(CaptchaKind.Text, Length: length)), Throws.Nothing);

    private static byte[] GifHeader(ushort width, ushort height)
    {
        byte[] rest = [0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];
        BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(14), width);
        BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(16), height);
        return [.. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), .. rest];
    }

    // Header and one small chunk of data: what it promises is never there.
    private static byte[] PngHeader(int width, int height)
    {
        var size = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(size, width);
        BinaryPrimitives.WriteInt32BigEndian(size.AsSpan(4), height);
        (size[8], size[9]) = (8, 2);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", size), .. Chunk("IDAT", [0x78, 0x9C, 3, 0, 0, 0, 0, 1]), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. content];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc(named));
        return [.. length, .. named, .. sum];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
