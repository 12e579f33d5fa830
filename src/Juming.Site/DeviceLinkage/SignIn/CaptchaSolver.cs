using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.SignIn;

/// <summary>Answers the picture of one sign-in: a doubtful reading is never sent, the picture is changed instead.</summary>
internal sealed partial class CaptchaSolver(CaptchaReader reader)
{
    private const int MostPictures = 8;
    private const int MostSlides = 4;
    private int _pictures;

    /// <summary>True when a slider was moved.</summary>
    public bool Slid { get; private set; }

    /// <summary>How often the console called an answer wrong.</summary>
    public int WrongAnswers { get; private set; }

    public void Wrong(int attempt)
    {
        (WrongAnswers, Slid) = (attempt + 1, false);
    }

    /// <summary>Answers what the form asks; true when it asks nothing.</summary>
    public async Task<bool> Solve(DeviceWindow window, JsonElement form, FilmStep step, CancellationToken ct)
    {
        if (form.TryGetProperty("slider", out var slider) && slider.ValueKind == JsonValueKind.Object) return await Slide(window, slider, step, ct);
        if (SignInSkill.Point(form, "captcha") is null) return true;
        if (SignInSkill.Text(form, "sum") is { Length: > 0 } sum && Sum(sum) is { } answer) return await Put(window, answer.ToString(CultureInfo.InvariantCulture), ct);
        return await ReadPicture(window, form, step, ct);
    }

    // Pictures are free, and an answer that is called wrong is not: but a console whose pictures are all hard is better answered wrongly once than not at all.
    private const int ChoosyPictures = 4;
    private const double LeastConfidence = 0.7;

    private async Task<bool> ReadPicture(DeviceWindow window, JsonElement form, FilmStep step, CancellationToken ct)
    {
        while (_pictures++ < MostPictures)
        {
            form = await Arrived(window, form, ct);
            if (SignInSkill.Point(form, "picture") is not { } place) return false;
            var picture = await Shot(window, place);
            var reading = reader.Read(picture, CaptchaHint.None);
            step.Note(string.Create(CultureInfo.InvariantCulture, $"captcha {reading.Confidence:0.00}"));
            if (reading.Confidence >= (_pictures <= ChoosyPictures ? CaptchaReader.SafeConfidence : LeastConfidence) && reading.Text.Length > 0) return await Put(window, reading.Text, ct);
            if (SignInSkill.Point(form, "refresh") is not { } refresh) return false;
            await window.ClickAt(refresh.X, refresh.Y, ct);
            await Changed(window, place, picture, ct);
            form = await window.Call("e => e.signIn.look()", null, ct);
        }
        return false;
    }

    /// <summary>The form once its picture has come: a slow console shows the fields first.</summary>
    private static async Task<JsonElement> Arrived(DeviceWindow window, JsonElement form, CancellationToken ct)
    {
        for (var i = 0; i < 80 && !SignInSkill.Flag(form, "pictureCame"); i++)
        {
            await Task.Delay(100, ct);
            form = await window.Call("e => e.signIn.look()", null, ct);
        }
        return form;
    }

    private async Task<bool> Slide(DeviceWindow window, JsonElement slider, FilmStep step, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MostSlides && SignInSkill.Point(slider, "handle") is { } handle; attempt++)
        {
            var shown = await window.Call("e => e.signIn.sliderPictures()", null, ct);
            if (shown.ValueKind != JsonValueKind.Object) return false;
            var start = shown.GetProperty("start").GetDouble();
            var reading = CaptchaReader.ReadSlider(Picture(shown, "ground"), Picture(shown, "piece"), (int)(start + shown.GetProperty("width").GetDouble()));
            step.Note(string.Create(CultureInfo.InvariantCulture, $"slider {reading.Confidence:0.00} {reading.X}"));
            if (reading.Refusal != CaptchaRefusal.None) return false;
            window.ForgetSaid();
            await Drag(window, handle, (reading.X - start) * shown.GetProperty("scale").GetDouble(), ct);
            Slid = true;
            await window.Quiet(3000, ct, 120);
            if (!window.Said.Any(s => SignInWords.SaysFailed(s))) return true;
            var form = await window.Call("e => e.signIn.look()", null, ct);
            if (!form.TryGetProperty("slider", out slider) || slider.ValueKind != JsonValueKind.Object) return false;
            slider = slider.Clone();
        }
        return false;
    }

    private static byte[] Picture(JsonElement shown, string name)
    {
        var text = SignInSkill.Text(shown, name);
        var at = text.IndexOf(',', StringComparison.Ordinal);
        return at < 0 || text.Length > 4_000_000 ? [] : Convert.FromBase64String(text[(at + 1)..]);
    }

    /// <summary>Moves like a hand: fast, then slow, a little beyond and back.</summary>
    private static async Task Drag(DeviceWindow window, Spot handle, double distance, CancellationToken ct)
    {
        const int Points = 26;
        var mouse = window.Page.Mouse;
        await mouse.MoveAsync((float)handle.X, (float)handle.Y);
        await mouse.DownAsync();
        for (var i = 1; i <= Points; i++)
        {
            var t = (double)i / Points;
            var eased = 1 - Math.Pow(1 - t, 3);
            await mouse.MoveAsync((float)(handle.X + (distance * eased)), (float)(handle.Y + (Math.Sin(t * 9) * 1.5)));
            await Task.Delay(24, ct);
        }
        await mouse.MoveAsync((float)(handle.X + distance), (float)handle.Y);
        await mouse.UpAsync();
    }

    private static async Task<bool> Put(DeviceWindow window, string text, CancellationToken ct) =>
        (await window.Call("(e, a) => e.signIn.put('captcha', a)", text, ct)).ValueKind == JsonValueKind.True;

    private static Task<byte[]> Shot(DeviceWindow window, Spot place) => window.Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Type = ScreenshotType.Png,
        Caret = ScreenshotCaret.Initial,
        Clip = new Clip { X = (float)(place.X - (place.W / 2)), Y = (float)(place.Y - (place.H / 2)), Width = (float)place.W, Height = (float)place.H },
    });

    private static async Task Changed(DeviceWindow window, Spot place, byte[] before, CancellationToken ct)
    {
        for (var i = 0; i < 30; i++)
        {
            await window.Quiet(500, ct);
            if (!(await Shot(window, place)).AsSpan().SequenceEqual(before)) return;
            await Task.Delay(50, ct);
        }
    }

    /// <summary>The result of a sum that stands somewhere in a text; null when there is none.</summary>
    public static int? Sum(string text)
    {
        var found = Terms().Match(text.Normalize(System.Text.NormalizationForm.FormKC));
        return found.Success ? CaptchaSum.Parse(found.Value.Replace(" ", "", StringComparison.Ordinal))?.Answer : null;
    }

    [GeneratedRegex("([0-9]{1,3}|[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3})\\s*(加上|减去|乘以|[+\\-*×xX÷/加减乘除])\\s*([0-9]{1,3}|[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3})")]
    private static partial Regex Terms();
}
