namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>Reads captchas of login pages on this machine: characters, sums, and where a slider's piece belongs. One for the whole site; safe for many threads.</summary>
internal sealed class CaptchaReader : IDisposable
{
    /// <summary>At or above this, at least 95 of 100 readings of the validation pictures were right; below, ask for another picture.</summary>
    public const double SafeConfidence = 0.7;

    /// <summary>The same for the place of a slider's piece.</summary>
    public const double SafeSliderConfidence = 0.5;

    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly char[] Marks = [.. CaptchaSum.Marks];
    private static readonly bool[] Everything = Allow(CaptchaModel.Charset);
    private static readonly bool[] OnlyLetters = Allow(Letters);
    private static readonly bool[] OnlySums = Allow(CaptchaModel.Charset.Except(Letters.Skip(10)));

    private readonly CaptchaModel _model = new();

    /// <summary>Reads characters or a sum from a PNG, JPEG or GIF; never throws for what a device sent.</summary>
    /// <param name="picture">The file's bytes.</param>
    /// <param name="hint">What is known of the device's captchas.</param>
    public CaptchaReading Read(ReadOnlySpan<byte> picture, CaptchaHint hint)
    {
        var kind = hint.Kind ?? CaptchaKind.Text;
        var refusal = CaptchaPixels.Decode(picture, out var pixels);
        if (refusal != CaptchaRefusal.None) return CaptchaReading.Refused(kind, refusal);
        var columns = _model.Run(CaptchaFeatures.Of(pixels!));
        return hint.Kind switch
        {
            CaptchaKind.Arithmetic => Sum(columns, OnlySums) ?? CaptchaReading.Refused(kind, CaptchaRefusal.NothingSeen, Letter(columns, hint).Seen),
            CaptchaKind.Text => Letter(columns, hint),
            // An unknown picture is a sum only when it has a sign that no text has.
            _ => (Text(ColumnDecoder.Decode(columns, CaptchaModel.Columns, Everything, null)).IndexOfAny(Marks) >= 0 ? Sum(columns, OnlySums) : null) ?? Letter(columns, hint),
        };
    }

    /// <summary>Finds the place of a slider's piece; never throws for what a device sent.</summary>
    /// <param name="background">The picture with the gap.</param>
    /// <param name="piece">The piece alone, transparent around its outline.</param>
    /// <param name="after">The gap lies right of this many pixels; keeps a piece that is shown on the background from being found itself.</param>
    public static SliderReading ReadSlider(ReadOnlySpan<byte> background, ReadOnlySpan<byte> piece, int after = 0)
    {
        var refusal = CaptchaPixels.Decode(background, out var ground);
        if (refusal != CaptchaRefusal.None) return SliderReading.Refused(refusal);
        refusal = CaptchaPixels.Decode(piece, out var part);
        return refusal != CaptchaRefusal.None ? SliderReading.Refused(refusal) : SliderGap.Find(ground!, part!, after);
    }

    public void Dispose() => _model.Dispose();

    private static CaptchaReading? Sum(float[] columns, bool[] allowed)
    {
        var line = ColumnDecoder.Decode(columns, CaptchaModel.Columns, allowed, null);
        var seen = Text(line);
        if (CaptchaSum.Parse(seen) is not { } sum) return null;
        // What stands behind the sum says nothing about its result.
        return new CaptchaReading(sum.ToString(), Math.Min(line.Gaps, line.Certainties.Take(sum.Length).Min()), CaptchaKind.Arithmetic, seen);
    }

    private static CaptchaReading Letter(float[] columns, CaptchaHint hint)
    {
        var allowed = hint.Charset is { Length: > 0 } charset ? Allow(charset) : OnlyLetters;
        var line = ColumnDecoder.Decode(columns, CaptchaModel.Columns, allowed, hint.Length is { } length ? Math.Max(1, length) : null);
        var seen = Text(line);
        return seen.Length == 0
            ? CaptchaReading.Refused(CaptchaKind.Text, CaptchaRefusal.NothingSeen)
            : new CaptchaReading(seen, Math.Min(line.Gaps, line.Certainties.Min()), CaptchaKind.Text, seen);
    }

    private static string Text(ColumnDecoder.Line line) => string.Concat(line.Characters.Select(c => CaptchaModel.Charset[c - 1]));

    private static bool[] Allow(IEnumerable<char> characters)
    {
        var allowed = new bool[CaptchaModel.Charset.Length + 1];
        foreach (var at in characters.Select(c => CaptchaModel.Charset.IndexOf(c, StringComparison.Ordinal)).Where(i => i >= 0)) allowed[at + 1] = true;
        return allowed;
    }
}
