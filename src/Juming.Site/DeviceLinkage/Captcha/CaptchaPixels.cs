using SkiaSharp;

namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>The first frame of a picture that came from a device, decoded within fixed bounds.</summary>
internal sealed class CaptchaPixels
{
    // A captcha has some kilobytes and at most 400 x 300 pixels; screens with double density have four times as many.
    private const int MaxBytes = 1 << 20;
    private const int MaxSide = 2000;
    private const int MaxPixels = 1_000_000;
    private const int MinWidth = 16;
    private const int MinHeight = 8;

    private CaptchaPixels(int width, int height, byte[] rgba)
    {
        Width = width;
        Height = height;
        Rgba = rgba;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Four bytes a pixel, row by row, alpha not multiplied in.</summary>
    public byte[] Rgba { get; }

    /// <summary>Decodes; the size is judged by the header before memory is taken, and later frames are never looked at.</summary>
    public static CaptchaRefusal Decode(ReadOnlySpan<byte> file, out CaptchaPixels? pixels)
    {
        pixels = null;
        if (file.Length > MaxBytes) return CaptchaRefusal.TooBig;
        if (!LooksLikeAPicture(file)) return CaptchaRefusal.NotAPicture;
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null) return CaptchaRefusal.Broken;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > MaxSide || height > MaxSide || (long)width * height > MaxPixels) return CaptchaRefusal.TooBig;
        if (width < MinWidth || height < MinHeight) return CaptchaRefusal.TooSmall;
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if (codec.GetPixels(info, out var rgba) != SKCodecResult.Success) return CaptchaRefusal.Broken;
        pixels = new CaptchaPixels(width, height, rgba);
        return CaptchaRefusal.None;
    }

    // Only what a browser's picture of an element or a device's captcha can be: fewer decoders stand open to a hostile device.
    private static bool LooksLikeAPicture(ReadOnlySpan<byte> file) =>
        file.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) || file.StartsWith<byte>([0xFF, 0xD8, 0xFF])
        || file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);
}
