using Juming.Platform.Web;
using QRCoder;

namespace Juming.Shell;

/// <summary>Draws the code that a phone scans.</summary>
internal sealed class QrPicture : IQrPicture
{
    public string Svg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        return picture.GetGraphic(4);
    }
}
