namespace Juming.Platform.Web;

/// <summary>Draws two-dimensional codes for phones.</summary>
public interface IQrPicture
{
    /// <summary>The text as an SVG element.</summary>
    string Svg(string text);
}
