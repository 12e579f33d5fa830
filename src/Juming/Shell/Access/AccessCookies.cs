using Juming.Platform.Access.Sessions;
using Juming.Platform.Modules;

namespace Juming.Shell.Access;

/// <summary>
/// Cookies of the sign-in. The session's is Lax, so that a link in a mail opens the incident and not the sign-in page; unsafe requests need Origin and
/// antiforgery token in any case.
/// </summary>
internal static class AccessCookies
{
    public static void SetSession(HttpContext http, string secret)
    {
        http.Response.Cookies.Delete(StepName(http), Options(SameSiteMode.Strict));
        http.Response.Cookies.Append(SessionAuthentication.CookieOf(Tier(http)), secret, Options(SameSiteMode.Lax));
    }

    /// <summary>Remembers the half-done sign-in and where to go afterwards.</summary>
    public static void SetStep(HttpContext http, string pending, string back)
    {
        var options = Options(SameSiteMode.Strict);
        options.MaxAge = TimeSpan.FromMinutes(10);
        http.Response.Cookies.Append(StepName(http), pending + "|" + back, options);
    }

    public static (string Pending, string Return) Step(HttpContext http)
    {
        var value = http.Request.Cookies[StepName(http)] ?? "";
        var at = value.IndexOf('|', StringComparison.Ordinal);
        return at < 0 ? ("", "/") : (value[..at], value[(at + 1)..] is ['/', not '/' and not '\\', ..] back ? back : "/");
    }

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(SessionAuthentication.CookieOf(Tier(http)), Options(SameSiteMode.Lax));

    private static string StepName(HttpContext http) => $"__Host-juming-{Tier(http).Tier.Name}-step";

    private static TierContext Tier(HttpContext http) => http.RequestServices.GetRequiredService<TierContext>();

    private static CookieOptions Options(SameSiteMode sameSite) => new() { Secure = true, HttpOnly = true, SameSite = sameSite, Path = "/", IsEssential = true };
}
