using System.Diagnostics;
using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.Playwright;
using OtpNet;

namespace Juming.Site.DeviceLinkage.SignIn;

/// <summary>
/// Signs in as a person would: finds the form, reads the picture, types, presses, and believes only a sign of being inside. One password is sent; only
/// what the console itself calls a wrong picture is tried again.
/// </summary>
internal sealed class SignInSkill(CaptchaSolver captcha, TimeProvider clock)
{
    private const int MostWrongPictures = 4;
    private static readonly TimeSpan FormPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(25);

    /// <summary>Signs in on the page that is loaded, or finds that somebody is signed in already.</summary>
    public async Task<SignInOutcome> SignIn(DeviceWindow window, SignInOrder order, Film film, CancellationToken ct)
    {
        var standing = await Arrive(window, ct);
        if (Flag(standing, "signedIn")) return new SignInOutcome(null, Reused: true);
        if (Flag(standing, "change")) return new SignInOutcome("password-change");
        if (!Flag(standing, "form")) return new SignInOutcome(Unready(standing), Excerpt(standing));
        var known = Lines(standing);
        for (var attempt = 0; ; attempt++)
        {
            var failure = await Fill(window, order, film, attempt, ct);
            if (failure is not null) return failure;
            var outcome = await Answer(window, order, known, attempt, film, ct);
            if (outcome.Failure != "captcha-wrong") return outcome;
            captcha.Wrong(attempt);
            if (attempt + 1 >= MostWrongPictures) return outcome;
        }
    }

    // An advertisement or a reminder opens a window or two; what opens more takes the keys away from the form.
    private const int FewPopups = 20;

    private async Task<JsonElement> Arrive(DeviceWindow window, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var pressed = false;
        while (true)
        {
            var standing = await Standing(window, ct);
            var idle = standing.GetProperty("busy").ValueKind == JsonValueKind.Null;
            if (Flag(standing, "form") || Flag(standing, "change") || (Flag(standing, "signedIn") && idle)) return standing;
            if (clock.GetElapsedTime(started) > FormPatience) return standing;
            // Some consoles greet first and ask for the account on the next page.
            if (!pressed && idle && clock.GetElapsedTime(started) > TimeSpan.FromSeconds(1) && await window.Call("e => e.signIn.pick(null, 'login')", null, ct) is { ValueKind: JsonValueKind.Object } door)
            {
                pressed = true;
                await window.ClickAt(door.GetProperty("x").GetDouble(), door.GetProperty("y").GetDouble(), ct);
            }
            await window.Quiet(400, ct, 60);
            await Task.Delay(25, ct);
        }
    }

    private async Task<SignInOutcome?> Fill(DeviceWindow window, SignInOrder order, Film film, int attempt, CancellationToken ct)
    {
        var step = film.Begin("sign-in", "fill");
        var form = await window.Call("e => e.signIn.look()", null, ct);
        if (!Flag(form, "form")) return new SignInOutcome("no-form");
        if (Elsewhere(window, form) is { } place) return Refuse(step, "posts-elsewhere", place);
        if (form.GetProperty("user").ValueKind == JsonValueKind.Object) await window.Call("(e, a) => e.signIn.put('user', a)", order.Account, ct);
        if (Point(form, "agree") is { } agree) await window.ClickAt(agree.X, agree.Y, ct);
        if (!await captcha.Solve(window, form, step, ct)) return Refuse(step, "captcha-unreadable", "");
        if (Point(form, "otp") is not null)
        {
            if (order.Seed is null) return Refuse(step, "code-needed", "");
            await window.Call("e => e.signIn.focus('otp')", null, ct);
            await window.Page.Keyboard.InsertTextAsync(await Code(order.Seed, ct));
        }
        if (attempt == 0) await film.Shoot(step, "before", window, ct);
        await order.BeforeAttempt(ct);
        var last = await window.Call("e => e.signIn.focus('password')", null, ct);
        // Looked at again in the same breath: a page may change where it posts while the picture is read.
        if (last.ValueKind != JsonValueKind.Object || Elsewhere(window, last) is not null) return Refuse(step, "posts-elsewhere", "");
        await window.Page.Keyboard.InsertTextAsync(await order.Password(ct));
        window.ForgetSaid();
        await window.Call("e => e.forget()", null, ct);
        window.AcceptDialogs(order.TakesOver ? ["登录", "踢", "强制", "在线", "session", "logged", "kick"] : null);
        form = await window.Call("e => e.signIn.look()", null, ct);
        if (Point(form, "submit") is { } submit) await window.ClickAt(submit.X, submit.Y, ct);
        else await window.Page.Keyboard.PressAsync("Enter");
        step.End("done");
        return null;
    }

    /// <summary>Waits for what the console says to it.</summary>
    private async Task<SignInOutcome> Answer(DeviceWindow window, SignInOrder order, HashSet<string> known, int attempt, Film film, CancellationToken ct)
    {
        var step = film.Begin("sign-in", "answer");
        var started = clock.GetTimestamp();
        var (coded, kicked, slid) = (false, false, false);
        while (true)
        {
            var standing = await Standing(window, ct);
            var waited = clock.GetElapsedTime(started);
            var idle = standing.GetProperty("busy").ValueKind == JsonValueKind.Null;
            if (Flag(standing, "change")) return Refuse(step, "password-change", Excerpt(standing));
            if (Flag(standing, "signedIn") && idle) { step.End("done", Text(standing, "marker")); return new SignInOutcome(null); }
            // On a page that was not loaded anew, the words of the last refusal may still stand there.
            var told = attempt > 0 && waited < TimeSpan.FromSeconds(2) ? window.Said : [.. window.Said, .. Lines(standing).Where(l => !known.Contains(l))];
            var judged = told.Select(t => (Text: t, Code: SignInWords.Judge(t))).Where(j => j.Code is not null).ToList();
            if (judged.Find(j => j.Code == "session-taken") is { Code: not null } taken)
            {
                if (!order.TakesOver)
                {
                    if (Point(await window.Call("e => ({ c: e.signIn.pick(null, 'cancel') })", null, ct), "c") is { } no) await window.ClickAt(no.X, no.Y, ct);
                    return Refuse(step, "session-taken", taken.Text);
                }
                if (!kicked && Point(await window.Call("e => ({ c: e.signIn.pick(null, 'takeover') ?? e.signIn.pick(null, 'confirm') })", null, ct), "c") is { } yes) await window.ClickAt(yes.X, yes.Y, ct);
                kicked = true;
            }
            else if (judged.Count > 0) return Refuse(step, judged[0].Code!, judged[0].Text);
            if (standing.GetProperty("otp").ValueKind == JsonValueKind.Object && idle)
            {
                if (coded) { if (waited > TimeSpan.FromSeconds(8)) return Refuse(step, "code-refused", Excerpt(standing)); }
                else if (order.Seed is null) return Refuse(step, "code-needed", Excerpt(standing));
                else if (Elsewhere(window, standing.GetProperty("otp")) is { } place) return Refuse(step, "posts-elsewhere", place);
                else { await EnterCode(window, order.Seed, ct); coded = true; }
            }
            if (Flag(standing, "form") && idle && !slid && waited > TimeSpan.FromMilliseconds(300))
            {
                var form = await window.Call("e => e.signIn.look()", null, ct);
                // Some consoles bring the slider only when the button is pressed.
                if (form.TryGetProperty("slider", out var slider) && slider.ValueKind == JsonValueKind.Object && attempt == 0 && !captcha.Slid) { slid = true; if (!await captcha.Solve(window, form, step, ct)) return Refuse(step, "captcha-unreadable", ""); }
                else if (waited > TimeSpan.FromSeconds(4)) return Refuse(step, window.Popups > FewPopups ? "popup-storm" : "refused", Excerpt(standing));
            }
            if (waited > AnswerPatience) return Refuse(step, "no-answer", Excerpt(standing));
            await window.Quiet(300, ct, 30);
            await Task.Delay(20, ct);
        }
    }

    private async Task EnterCode(DeviceWindow window, Func<CancellationToken, Task<string>> seed, CancellationToken ct)
    {
        var field = await window.Call("e => e.signIn.otpFocus()", null, ct);
        await window.Page.Keyboard.InsertTextAsync(await Code(seed, ct));
        if (Point(field, "submit") is { } submit) await window.ClickAt(submit.X, submit.Y, ct);
        else await window.Page.Keyboard.PressAsync("Enter");
    }

    private async Task<string> Code(Func<CancellationToken, Task<string>> seed, CancellationToken ct)
    {
        var totp = new Totp(Base32Encoding.ToBytes((await seed(ct)).Replace(" ", "", StringComparison.Ordinal)));
        var now = clock.GetUtcNow().UtcDateTime;
        var left = totp.RemainingSeconds(now);
        // A code that ends while it is typed would count as a wrong one.
        if (left <= 2) await Task.Delay(TimeSpan.FromSeconds(left + 0.2), clock, ct);
        return totp.ComputeTotp(clock.GetUtcNow().UtcDateTime);
    }

    private static Task<JsonElement> Standing(DeviceWindow window, CancellationToken ct) => window.Call("e => e.signIn.standing()", null, ct);

    private static SignInOutcome Refuse(FilmStep step, string code, string detail)
    {
        step.End(code, detail);
        return new SignInOutcome(code, detail.Length > 300 ? detail[..300] : detail);
    }

    /// <summary>Where a form would send what is typed, when that is not the device; null when it is.</summary>
    private static string? Elsewhere(DeviceWindow window, JsonElement form)
    {
        foreach (var post in form.GetProperty("posts").EnumerateArray())
            if (!Uri.TryCreate(post.GetString(), UriKind.Absolute, out var address) || !window.Origin.Includes(address)) return post.GetString();
        var frame = form.GetProperty("frame").GetString();
        return frame is null or "about:blank" or "about:srcdoc" || (Uri.TryCreate(frame, UriKind.Absolute, out var own) && window.Origin.Includes(own)) ? null : frame;
    }

    private static string Unready(JsonElement standing)
    {
        var text = Text(standing, "text");
        return SignInWords.Judge(text) ?? (text.Trim().Length == 0 ? "no-answer" : "no-form");
    }

    private static HashSet<string> Lines(JsonElement standing) => [.. standing.GetProperty("telling").EnumerateArray().Select(l => l.GetString()!)];

    private static string Excerpt(JsonElement standing) => Text(standing, "text").ReplaceLineEndings(" ") is { Length: > 200 } text ? text[..200] : Text(standing, "text").ReplaceLineEndings(" ");

    internal static bool Flag(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    internal static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal static Spot? Point(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var p) && p.ValueKind == JsonValueKind.Object ? new Spot(p.GetProperty("x").GetDouble(), p.GetProperty("y").GetDouble(), p.GetProperty("w").GetDouble(), p.GetProperty("h").GetDouble()) : null;
}

/// <summary>The middle of something on the page, and its size, in its pixels.</summary>
internal readonly record struct Spot(double X, double Y, double W, double H);
