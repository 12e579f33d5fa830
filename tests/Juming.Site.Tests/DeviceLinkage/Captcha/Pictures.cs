using System.Runtime.CompilerServices;
using SkiaSharp;

namespace Juming.Site.Tests.DeviceLinkage.Captcha;

/// <summary>The committed pictures: drawn with the generators of the training folder and seeds of their own.</summary>
internal static class Pictures
{
    public static string Folder { get; } = Path.Combine(Here(), "Pictures");

    public static string Readme { get; } = Path.Combine(Here(), "../../../../src/Juming.Site/DeviceLinkage/Captcha/Training/README.md");

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    /// <summary>What stands behind the last underscore of the name.</summary>
    public static string Answer(string file) => Path.GetFileNameWithoutExtension(file).Split('_')[^1];

    public static byte[] Png(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
