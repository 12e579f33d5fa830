namespace Juming.Site.DeviceLinkage.SignIn;

/// <summary>Reads the pictures that sign-in forms ask about, on this machine.</summary>
internal interface ICaptchaReader
{
    /// <summary>Reads characters, or solves the sum that is drawn.</summary>
    /// <param name="picture">PNG as it is shown.</param>
    /// <param name="hint">What stands around it, such as its field's label; may be empty, and is the page's word.</param>
    CaptchaReading Read(byte[] picture, string hint);

    /// <summary>Finds where the piece of a slider belongs.</summary>
    /// <param name="picture">PNG of the picture with the gap, as it is shown.</param>
    /// <param name="piece">PNG of the piece alone; null when the picture shows it too.</param>
    SliderReading Slide(byte[] picture, byte[]? piece);
}

/// <summary>What was read.</summary>
/// <param name="Text">Text for the field.</param>
/// <param name="Confidence">0 to 1, of the least certain character.</param>
internal readonly record struct CaptchaReading(string Text, double Confidence);

/// <summary>How far a piece must go.</summary>
/// <param name="Offset">From the picture's left edge to the gap's, in its pixels.</param>
/// <param name="Confidence">0 to 1.</param>
internal readonly record struct SliderReading(double Offset, double Confidence);
