using Juming.Platform.Access.Passkeys;
using Juming.Platform.Access.Setup;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;
using Juming.Platform.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;

namespace Juming.Shell.Access;

/// <summary>Set-up, sign-in, second factor, recovery, one-time links and sign-out: plain forms that need no script, except to take a link's fragment.</summary>
internal static class AccessEndpoints
{
    private static readonly AccessField Code = new("code", "Code", Complete: "one-time-code");

    public static void Map(WebApplication app)
    {
        app.MapGet("/sign-in", (HttpContext http, SetupLink setup, CancellationToken ct) => SignInPage(http, setup, ct));
        app.MapPost("/sign-in", SubmitSignIn);
        app.MapGet("/sign-in/code", (HttpContext http) => Page(http, CodeView(null)));
        app.MapPost("/sign-in/code", SubmitCode);
        app.MapPost("/sign-in/passkey/options", OfferPasskey);
        app.MapPost("/sign-in/passkey", SubmitPasskey);
        app.MapGet("/enrol", (HttpContext http, Sender sender, CancellationToken ct) => EnrolPage(http, sender, null, ct));
        app.MapPost("/enrol", SubmitEnrolment);
        app.MapGet("/setup", SetupPage);
        app.MapPost("/setup", SubmitSetup);
        app.MapGet("/join", (HttpContext http) => Page(http, JoinView(null)));
        app.MapPost("/join", SubmitJoin);
        app.MapGet("/confirm", (HttpContext http) => Page(http, ConfirmView(http, null)));
        app.MapPost("/confirm", SubmitConfirm);
        app.MapGet("/sign-out", (HttpContext http) => Page(http, new AccessView("SignOut", "/sign-out") { Fields = [new AccessField("sure", "SignOut", "hidden", Required: false, Value: "yes")] }));
        app.MapPost("/sign-out", SubmitSignOut);
        app.MapGet("/culture", (HttpContext http, string name) =>
        {
            if (name is "zh-CN" or "en") http.Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(name)), new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365) });
            return Results.Redirect(Local(http.Request.Query["return"], http.User.Identity?.IsAuthenticated == true ? "/" : "/sign-in"));
        });
    }

    private static async Task<IResult> SignInPage(HttpContext http, SetupLink setup, CancellationToken ct) =>
        await setup.IsSetUp(ct) ? Page(http, SignInView(http, http.Request.Query["return"], null)) : Results.Redirect("/setup");

    private static async Task<IResult> SubmitSignIn(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var step = await sender.Send(new SignIn(form["name"].ToString(), new Secret(form["password"].ToString())), ct);
        if (step.Error is { } error) return Page(http, SignInView(http, form["return"], error));
        AccessCookies.SetStep(http, step.Value.Pending, Local(form["return"], "/"));
        return Results.Redirect(step.Value.MustEnrol ? "/enrol" : "/sign-in/code");
    }

    private static async Task<IResult> SubmitCode(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var opened = await sender.Send(new SubmitCode(new Secret(AccessCookies.Step(http).Pending), new Secret(form["code"].ToString()), http.Request.Headers.UserAgent.ToString()), ct);
        if (opened.Error is { } error) return Page(http, CodeView(error));
        AccessCookies.SetSession(http, opened.Value);
        return Results.Redirect(AccessCookies.Step(http).Return);
    }

    /// <summary>What the browser's passkey dialog needs, for the script of the sign-in page.</summary>
    private static async Task<IResult> OfferPasskey(HttpContext http, Sender sender, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (await Form(http, ct) is null) return Results.Json(new { problem = TextOf(Platform.Access.AccessErrors.FormExpired) });
        var offer = await sender.Send(new OfferPasskeySignIn(OriginOf(http)), ct);
        return offer.Error is { } error ? Results.Json(new { problem = TextOf(error) }) : Results.Json(new { pending = offer.Value.Pending, options = offer.Value.Options });
    }

    private static async Task<IResult> SubmitPasskey(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var opened = await sender.Send(new SignInWithPasskey(new Secret(form["pending"].ToString()), new Secret(form["credential"].ToString()), http.Request.Headers.UserAgent.ToString()), ct);
        if (opened.Error is { } error) return Page(http, SignInView(http, form["return"], error));
        AccessCookies.SetSession(http, opened.Value);
        return Results.Redirect(Local(form["return"], "/"));
    }

    private static async Task<IResult> EnrolPage(HttpContext http, Sender sender, Error? problem, CancellationToken ct)
    {
        var offer = await sender.Send(new OfferEnrolment(new Secret(AccessCookies.Step(http).Pending)), ct);
        if (offer.Error is { } error) return Page(http, SignInView(http, null, error));
        return Page(http, new AccessView("Enrol", "/enrol") { Hint = "EnrolHint", Svg = http.RequestServices.GetRequiredService<Platform.Web.IQrPicture>().Svg(offer.Value.Uri), Key = offer.Value.Key, Fields = [Code], Problem = TextOf(problem) });
    }

    private static async Task<IResult> SubmitEnrolment(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var done = await sender.Send(new FinishEnrolment(new Secret(AccessCookies.Step(http).Pending), new Secret(form["code"].ToString()), http.Request.Headers.UserAgent.ToString()), ct);
        if (done.Error is { } error) return await EnrolPage(http, sender, error, ct);
        AccessCookies.SetSession(http, done.Value.Session);
        return Page(http, new AccessView("Recovery") { Hint = "RecoveryHint", RecoveryCodes = done.Value.RecoveryCodes, Next = AccessCookies.Step(http).Return });
    }

    private static async Task<IResult> SetupPage(HttpContext http, SetupLink setup, CancellationToken ct) =>
        await setup.IsSetUp(ct) ? Results.Redirect("/sign-in") : Page(http, SetupView("", null, null));

    private static async Task<IResult> SubmitSetup(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var link = form["link"].ToString();
        var done = await sender.Send(new SetUpHost(new Secret(link), form["trial"] == "true", form["name"].ToString(), new Secret(form["password"].ToString()), form["security"], form["audit"]), ct);
        if (done.Error is { } error) return Page(http, SetupView(link, form, error));
        AccessCookies.SetStep(http, done.Value.Pending, "/");
        if (done.Value.Links.Count == 0) return Results.Redirect("/enrol");
        var root = $"{http.Request.Scheme}://{http.Request.Host.Value}";
        return Page(http, new AccessView("SetUp") { Links = done.Value.Links.ToDictionary(l => l.Key, l => root + l.Value), Next = "/enrol", NextText = "Continue" });
    }

    private static async Task<IResult> SubmitJoin(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var step = await sender.Send(new Join(new Secret(form["link"].ToString()), new Secret(form["password"].ToString())), ct);
        if (step.Error is { } error) return Page(http, JoinView(error) with { Hidden = new Dictionary<string, string> { ["link"] = form["link"].ToString() } });
        AccessCookies.SetStep(http, step.Value.Pending, "/");
        return Results.Redirect("/enrol");
    }

    private static async Task<IResult> SubmitConfirm(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form) return Expired(http);
        var done = await sender.Send(new ConfirmIdentity(new Secret(form["password"].ToString()), new Secret(form["code"].ToString())), ct);
        return done.Error is { } error ? Page(http, ConfirmView(http, error)) : Results.Redirect(Local(form["return"], "/"));
    }

    private static async Task<IResult> SubmitSignOut(HttpContext http, Sender sender, CancellationToken ct)
    {
        if (await Form(http, ct) is null) return Expired(http);
        await sender.Send(new SignOut(), ct);
        AccessCookies.Clear(http);
        return Page(http, new AccessView("SignedOut") { Next = "/sign-in", NextText = "SignInAgain" });
    }

    private static AccessView SignInView(HttpContext http, string? back, Error? problem) => new("SignIn", "/sign-in")
    {
        Fields = [new("name", "Name", Complete: "username"), new("password", "Password", "password", "current-password")],
        Hidden = new Dictionary<string, string> { ["return"] = Local(back, "/"), ["pending"] = "", ["credential"] = "" },
        Passkey = OriginOf(http).AllowsPasskeys ? "/sign-in/passkey" : null,
        PasskeysNotHere = !OriginOf(http).AllowsPasskeys,
        Problem = TextOf(problem),
    };

    private static AccessView CodeView(Error? problem) => new("SecondFactor", "/sign-in/code") { Hint = "CodeHint", Fields = [Code], Problem = TextOf(problem) };

    private static AccessView JoinView(Error? problem) => new("Join", "/join")
    {
        Hint = "PasswordHint",
        Hidden = new Dictionary<string, string> { ["link"] = "" },
        TakesFragment = true,
        Fields = [new("password", "Password", "password", "new-password")],
        Problem = TextOf(problem),
    };

    private static AccessView ConfirmView(HttpContext http, Error? problem) => new("Confirm", "/confirm")
    {
        Hint = "ConfirmHint",
        Hidden = new Dictionary<string, string> { ["return"] = Local(http.Request.HasFormContentType ? http.Request.Form["return"] : http.Request.Query["return"], "/") },
        Fields = [new("password", "Password", "password", "current-password"), Code],
        Problem = TextOf(problem),
    };

    private static AccessView SetupView(string link, IFormCollection? form, Error? problem) => new("SetUp", "/setup")
    {
        Hint = "SetUpHint",
        Hidden = new Dictionary<string, string> { ["link"] = link },
        TakesFragment = true,
        Fields =
        [
            new("name", "SystemAdmin", Complete: "username", Value: form?["name"], Hint: "SystemAdminHint"), new("password", "Password", "password", "new-password"),
            new("security", "SecurityAdmin", Required: false, Value: form?["security"], Hint: "SecurityAdminHint"), new("audit", "AuditAdmin", Required: false, Value: form?["audit"], Hint: "AuditAdminHint"),
            new("trial", "Trial", "checkbox", Required: false, Value: form?["trial"]),
        ],
        Problem = TextOf(problem),
    };

    private static IResult Page(HttpContext http, AccessView view)
    {
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        http.Response.Headers.CacheControl = "no-store";
        var status = view.Problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        return new RazorComponentResult<AccessPage>(new { View = view with { Nonce = WebSecurity.NonceOf(http), FormField = tokens.FormFieldName, FormToken = tokens.RequestToken ?? "" } }) { StatusCode = status, PreventStreamingRendering = true };
    }

    private static IResult Expired(HttpContext http) => Page(http, SignInView(http, null, Platform.Access.AccessErrors.FormExpired));

    /// <summary>The form, or null when the antiforgery token is missing or wrong.</summary>
    private static async Task<IFormCollection?> Form(HttpContext http, CancellationToken ct) =>
        http.Request.HasFormContentType && http.Request.ContentLength < 64 * 1024 && await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await http.Request.ReadFormAsync(ct) : null;

    private static Platform.Access.ConsoleOrigin OriginOf(HttpContext http) => new($"{http.Request.Scheme}://{http.Request.Host.Value}");

    private static string? TextOf(Error? error) => error is null ? null : ErrorTexts.Of(error);

    /// <summary>A path of this console, never an address elsewhere.</summary>
    private static string Local(string? path, string otherwise) =>
        path is { Length: > 0 and < 2000 } && path[0] == '/' && (path.Length == 1 || (path[1] != '/' && path[1] != '\\')) && !path.Any(char.IsControl) ? path : otherwise;
}
