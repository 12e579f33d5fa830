using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Juming.Benchmarks.Captcha;

/// <summary>Paints what svg-captcha writes (a ground and paths) as a browser shows it on a white page.</summary>
internal static class SvgPainter
{
    /// <summary>The picture as PNG.</summary>
    public static byte[] Paint(string svg)
    {
        var root = XDocument.Parse(svg).Root!;
        using var bitmap = new SKBitmap(Number(root, "width"), Number(root, "height"));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        foreach (var shape in root.Elements())
        {
            using var paint = new SKPaint { IsAntialias = true };
            var stroke = shape.Attribute("stroke")?.Value;
            (paint.Style, paint.StrokeWidth, paint.Color) = (stroke is null ? SKPaintStyle.Fill : SKPaintStyle.Stroke, 1, SKColor.Parse(stroke ?? shape.Attribute("fill")!.Value));
            if (shape.Name.LocalName == "rect") canvas.DrawRect(0, 0, bitmap.Width, bitmap.Height, paint);
            else
            {
                using var path = SKPath.ParseSvgPathData(shape.Attribute("d")!.Value);
                canvas.DrawPath(path, paint);
            }
        }
        canvas.Flush();
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
