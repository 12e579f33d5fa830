namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>What a captcha asks for.</summary>
internal enum CaptchaKind
{
    /// <summary>Characters to be typed as they stand.</summary>
    Text,

    /// <summary>A sum whose result is typed.</summary>
    Arithmetic,

    /// <summary>A piece to be pushed into its gap.</summary>
    Slider,
}

/// <summary>Why a picture was not read.</summary>
internal enum CaptchaRefusal
{
    /// <summary>It was read.</summary>
    None,

    /// <summary>No PNG, JPEG or GIF.</summary>
    NotAPicture,

    /// <summary>More bytes or pixels than any captcha has.</summary>
    TooBig,

    /// <summary>Too few pixels to hold a character.</summary>
    TooSmall,

    /// <summary>Cut short or damaged.</summary>
    Broken,

    /// <summary>Nothing on it could be made out.</summary>
    NothingSeen,
}

/// <summary>What is known of a device's captchas, so that fewer readings are possible.</summary>
/// <param name="Kind">The kind; null when it is not known.</param>
/// <param name="Charset">The only characters that occur; null for all. Holds for text, not for sums.</param>
/// <param name="Length">How many characters a text has; null when it varies. Holds for text, not for sums.</param>
internal sealed record CaptchaHint(CaptchaKind? Kind = null, string? Charset = null, int? Length = null)
{
    /// <summary>Nothing is known.</summary>
    public static CaptchaHint None { get; } = new();
}

/// <summary>What was read from a picture.</summary>
/// <param name="Text">What to type; empty when nothing was read.</param>
/// <param name="Confidence">0 to 1: that of the least certain character. Below <see cref="CaptchaReader.SafeConfidence"/> ask for another picture.</param>
/// <param name="Kind">The kind that it turned out to be.</param>
/// <param name="Seen">The characters on the picture; for a sum the sum itself.</param>
/// <param name="Refusal">Why nothing was read.</param>
internal sealed record CaptchaReading(string Text, double Confidence, CaptchaKind Kind, string Seen, CaptchaRefusal Refusal = CaptchaRefusal.None)
{
    internal static CaptchaReading Refused(CaptchaKind kind, CaptchaRefusal refusal, string seen = "") => new("", 0, kind, seen, refusal);
}

/// <summary>Where a piece belongs.</summary>
/// <param name="X">Pixels of the background picture from its left edge to the left edge of the piece's picture.</param>
/// <param name="Confidence">0 to 1: how far the best place stands out from the next best.</param>
/// <param name="Refusal">Why nothing was found.</param>
internal sealed record SliderReading(int X, double Confidence, CaptchaRefusal Refusal = CaptchaRefusal.None)
{
    internal static SliderReading Refused(CaptchaRefusal refusal) => new(0, 0, refusal);
}
