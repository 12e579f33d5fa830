using SkiaSharp;

namespace Juming.Testing.Farm.Captchas;

/// <summary>Typefaces by path: SkiaSharp's Linux build looks up no fonts by name.</summary>
internal static class CaptchaFonts
{
    private static readonly string[] LatinPaths =
    [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "C:/Windows/Fonts/arialbd.ttf",
    ];

    private static readonly string[] HanPaths = ["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", "C:/Windows/Fonts/simhei.ttf"];

    private static readonly Lazy<IReadOnlyList<SKTypeface>> LatinFaces = new(() => Load([.. LatinPaths, .. HanPaths], "fonts-dejavu-core or fonts-noto-cjk"));
    private static readonly Lazy<IReadOnlyList<SKTypeface>> HanFaces = new(() => Load(HanPaths, "fonts-noto-cjk"));

    /// <summary>A face that has the letters A to Z and digits.</summary>
    public static SKTypeface Latin(Random dice) => LatinFaces.Value[dice.Next(LatinFaces.Value.Count)];

    /// <summary>A face that has Chinese characters.</summary>
    public static SKTypeface Han(Random dice) => HanFaces.Value[dice.Next(HanFaces.Value.Count)];

    private static List<SKTypeface> Load(string[] paths, string package)
    {
        var faces = paths.Where(File.Exists).Select(p => SKTypeface.FromFile(p)).OfType<SKTypeface>().ToList();
        return faces.Count > 0 ? faces : throw new FileNotFoundException($"Captcha pictures want a font: install {package}.");
    }
}
