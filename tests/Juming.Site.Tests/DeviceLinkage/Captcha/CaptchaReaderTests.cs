using System.Security.Cryptography;
using Juming.Site.DeviceLinkage.Captcha;
using NUnit.Framework;
using SkiaSharp;

namespace Juming.Site.Tests.DeviceLinkage.Captcha;

/// <summary>Pictures that the training never saw, named by generator and what stands on them.</summary>
[Category("S3")]
public sealed class CaptchaReaderTests
{
    private readonly CaptchaReader _reader = new();

    [OneTimeTearDown]
    public void Dispose() => _reader.Dispose();

    private static IEnumerable<string> Files => Directory.GetFiles(Pictures.Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void A_picture_is_read_without_being_told_its_kind(string file)
    {
        var reading = _reader.Read(Pictures.Bytes(file), CaptchaHint.None);
        Assert.Multiple(() =>
        {
            Assert.That(reading.Text, Is.EqualTo(Pictures.Answer(file)));
            Assert.That(reading.Kind, Is.EqualTo(file.StartsWith("sum", StringComparison.Ordinal) ? CaptchaKind.Arithmetic : CaptchaKind.Text));
            Assert.That(reading.Confidence, Is.InRange(CaptchaReader.SafeConfidence, 1.0));
            Assert.That(reading.Refusal, Is.EqualTo(CaptchaRefusal.None));
        });
    }

    [Test]
    public void A_known_charset_and_length_are_kept_to_even_when_the_picture_says_otherwise()
    {
        var file = Files.First(f => f.StartsWith("svg", StringComparison.Ordinal));
        var reading = _reader.Read(Pictures.Bytes(file), new CaptchaHint(CaptchaKind.Text, "0123456789", 6));
        Assert.That(reading.Text, Does.Match("^[0-9]{6}$"));
        Assert.That(reading.Confidence, Is.LessThan(CaptchaReader.SafeConfidence), "a picture of four letters is no number of six digits");
    }

    [Test]
    public void A_text_is_no_sum_when_a_sum_is_expected()
    {
        var file = Files.First(f => f.StartsWith("gif", StringComparison.Ordinal));
        var reading = _reader.Read(Pictures.Bytes(file), new CaptchaHint(CaptchaKind.Arithmetic));
        Assert.That(reading.Confidence, Is.LessThan(CaptchaReader.SafeConfidence));
    }

    [Test]
    public void A_picture_without_characters_is_not_submitted([Range(1, 8)] int seed)
    {
        var dice = new Random(seed);
        using var bitmap = new SKBitmap(150, 50);
        for (var y = 0; y < 50; y++)
            for (var x = 0; x < 150; x++) bitmap.SetPixel(x, y, seed == 1 ? SKColors.White : new SKColor((uint)dice.Next() | 0xFF000000));
        var reading = _reader.Read(Pictures.Png(bitmap), CaptchaHint.None);
        Assert.That(reading.Confidence, Is.LessThan(CaptchaReader.SafeConfidence), reading.Text);
    }

    [Test]
    public void Many_threads_read_the_same_as_one()
    {
        var files = Files.Select(Pictures.Bytes).ToArray();
        var alone = files.Select(f => _reader.Read(f, CaptchaHint.None)).ToArray();
        Parallel.For(0, files.Length * 12, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.That(_reader.Read(files[i % files.Length], CaptchaHint.None), Is.EqualTo(alone[i % files.Length])));
    }

    [Test]
    public void Charset_and_columns_are_those_of_the_network()
    {
        using var model = new CaptchaModel();
        var answer = model.Run(new float[CaptchaFeatures.Width * CaptchaFeatures.Height]);
        Assert.That(answer, Has.Length.EqualTo((CaptchaModel.Charset.Length + 1) * CaptchaModel.Columns));
        Assert.That(Enumerable.Range(0, CaptchaModel.Charset.Length + 1).Sum(c => answer[c * CaptchaModel.Columns]), Is.EqualTo(1).Within(1e-3));
    }

    [Test]
    public void The_network_is_the_one_that_its_readme_describes()
    {
        using var stream = typeof(CaptchaModel).Assembly.GetManifestResourceStream("captcha/captcha.onnx")!;
        Assert.That(stream.Length, Is.LessThan(3_000_000));
        var readme = File.ReadAllText(Pictures.Readme);
        Assert.That(readme, Does.Contain(Convert.ToHexStringLower(SHA256.HashData(stream))));
    }
}
