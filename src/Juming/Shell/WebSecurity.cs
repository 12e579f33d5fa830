using System.Net;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Juming.Platform.Access;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Setup;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Juming.Shell;

/// <summary>What every request of the web face passes: host names, headers, origin, antiforgery, and the gate before the console.</summary>
public static class WebSecurity
{
    private const string NonceKey = "juming:nonce";

    /// <summary>Where pages lie that one-time links open.</summary>
    public const string PhonePages = "/m";

    /// <summary>Where other programs call by themselves.</summary>
    public const string Calls = "/calls";

    private static readonly string[] SignInPaths = ["/sign-in", "/setup", "/join", "/enrol", "/confirm", PhonePages];

    /// <summary>The nonce that scripts and styles of this answer carry.</summary>
    public static string NonceOf(HttpContext context)
    {
        if (context.Items[NonceKey] is string made) return made;
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        context.Items[NonceKey] = nonce;
        return nonce;
    }

    internal static void Add(IServiceCollection services)
    {
        services.AddOptions<AntiforgeryOptions>().Configure<TierContext>((options, tier) =>
        {
            options.Cookie.Name = $"__Host-juming-{tier.Tier.Name}-form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.Path = "/";
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddAntiforgery();
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsUnsafe(context) && SignInPaths.Any(p => context.Request.Path.StartsWithSegments(p))
                ? RateLimitPartition.GetFixedWindowLimiter("sign-in:" + context.Connection.RemoteIpAddress, _ => new FixedWindowRateLimiterOptions { PermitLimit = 60, Window = TimeSpan.FromMinutes(1) })
                : context.Request.Path.StartsWithSegments(Calls)
                ? RateLimitPartition.GetFixedWindowLimiter("calls:" + context.Connection.RemoteIpAddress, _ => new FixedWindowRateLimiterOptions { PermitLimit = 600, Window = TimeSpan.FromMinutes(1) })
                : RateLimitPartition.GetNoLimiter(""));
        });
    }

    /// <summary>Places the checks in front of everything; call before endpoints are mapped.</summary>
    internal static void Use(WebApplication app)
    {
        app.UseExceptionHandler(failed => failed.Run(async context =>
        {
            // What went wrong stays in the log: the answer tells nothing about the inside.
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsJsonAsync(new { title = "Something broke; the log has the reason.", status = 500, trace = context.TraceIdentifier });
        }));
        // What routing and binding refuse has no body of its own; machines are told in the form that the OpenAPI document promises.
        app.UseStatusCodePages(refused => refused.HttpContext.Request.Path.StartsWithSegments("/api") ? Unreadable(refused.HttpContext) : Task.CompletedTask);
        var hosts = new AllowedHosts(app);
        app.Use((context, next) => hosts.Allow(context.Request.Host.Host) ? Headers(context, next) : Unlisted(context));
        app.Use((context, next) => IsForeign(context) ? Refuse(context, StatusCodes.Status403Forbidden) : next());
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(Gate);
    }

    private static Task Unreadable(HttpContext context) => Results.Problem(statusCode: context.Response.StatusCode, type: "urn:juming:error:request.unreadable",
        title: "The call does not fit its description in /openapi/v1.json: look at path, method and values.", extensions: new Dictionary<string, object?> { ["code"] = "request.unreadable" }).ExecuteAsync(context);

    private static Task Headers(HttpContext context, Func<Task> next)
    {
        var headers = context.Response.Headers;
        var nonce = NonceOf(context);
        var host = context.Request.Host.Value;
        headers.ContentSecurityPolicy =
            $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
            $"connect-src 'self' wss://{host}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        // Not "no-referrer" everywhere: under it Chromium sends "Origin: null" with forms, and every sign-in would count as foreign.
        headers["Referrer-Policy"] = IsPhonePage(context) ? "no-referrer" : "same-origin";
        if (IsPhonePage(context)) headers.CacheControl = "no-store";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        if (context.Request.IsHttps && !AllowedHosts.IsLoopback(context.Request.Host.Host)) headers.StrictTransportSecurity = "max-age=31536000";
        return next();
    }

    /// <summary>
    /// True for what another site may have made the browser send: a WebSocket or circuit request from elsewhere, or an unsafe one. Requests without an
    /// Origin come from programs, except on WebSockets, which browsers never open without one.
    /// </summary>
    private static bool IsForeign(HttpContext context)
    {
        var isSocket = context.WebSockets.IsWebSocketRequest || context.Request.Headers.Upgrade.Count > 0 || IsSocketOfHttp2(context);
        var isCircuit = context.Request.Path.StartsWithSegments("/_blazor");
        if (!isSocket && !isCircuit && !IsUnsafe(context)) return false;
        // The address of a phone page is itself a secret that no other site has, and its form carries an antiforgery token.
        if (IsPhonePage(context) && context.Request.Headers.Origin is ["null"]) return false;
        if (context.Request.Headers.Origin is [{ Length: > 0 } origin]) return !origin.Equals($"{context.Request.Scheme}://{context.Request.Host.Value}", StringComparison.OrdinalIgnoreCase);
        return context.Request.Headers.Origin.Count > 1 || isSocket;
    }

    private static bool IsPhonePage(HttpContext context) => context.Request.Path.StartsWithSegments(PhonePages);

    private static async Task Gate(HttpContext context, Func<Task> next)
    {
        var user = context.User;
        var endpoint = context.GetEndpoint();
        var hasSession = user.HasClaim(c => c.Type == SessionAuthentication.SessionClaim);
        if (context.Request.Path.StartsWithSegments("/_blazor") && !hasSession)
        {
            await Refuse(context, StatusCodes.Status401Unauthorized);
            return;
        }
        if (endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && !hasSession)
        {
            var isSetUp = await context.RequestServices.GetRequiredService<SetupLink>().IsSetUp(context.RequestAborted);
            context.Response.Redirect(isSetUp ? "/sign-in?return=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString) : "/setup");
            return;
        }
        // A token is not sent by a browser on its own; a cookie is, so its calls must show that our own page made them. A socket shows it by its Origin.
        if (hasSession && IsUnsafe(context) && !IsSocketOfHttp2(context) && context.Request.Path.StartsWithSegments("/api") && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await AccessErrors.FormExpired.ToHttp().ExecuteAsync(context);
            return;
        }
        await next();
    }

    private static Task Unlisted(HttpContext context)
    {
        // Nothing of the request is repeated: whoever made the browser come here chose the name.
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(ShellTexts.Of("UnlistedHost") + "\n");
    }

    /// <summary>Over HTTP/2 a socket is opened by a method of its own and has no Upgrade header.</summary>
    private static bool IsSocketOfHttp2(HttpContext context) => HttpMethods.IsConnect(context.Request.Method);

    private static bool IsUnsafe(HttpContext context) =>
        !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method));

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Host names that the console answers to. Addresses are always taken: an attacker who rebinds a name of his own can't make the browser send an address.
    /// </summary>
    private sealed class AllowedHosts
    {
        private readonly HashSet<string> _names;

        public AllowedHosts(WebApplication app)
        {
            var settings = app.Services.GetRequiredService<AccessSettings>();
            _names = new HashSet<string>(["localhost", Environment.MachineName, .. settings.AllowedHosts], StringComparer.OrdinalIgnoreCase);
            var urls = (app.Configuration["urls"] ?? "") + ";" + (app.Configuration["Web:Urls"] ?? "");
            foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                if (Uri.TryCreate(url, UriKind.Absolute, out var uri)) _names.Add(uri.IdnHost);
        }

        public bool Allow(string host) => host.Length > 0 && (_names.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _));

        public static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
