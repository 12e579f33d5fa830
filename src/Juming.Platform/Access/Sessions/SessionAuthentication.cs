using System.Security.Claims;
using System.Text.Encodings.Web;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Juming.Platform.Access.Sessions;

/// <summary>Recognises the session cookie and the API token. The principal only points to the session or token; rights are looked up at each call.</summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionRegistry sessions, TokenRegistry tokens, TierContext tier)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "juming";
    public const string SessionClaim = "juming:session";
    public const string TokenClaim = "juming:token";

    /// <summary>Browsers share cookies between ports of one host, so that each tier needs a name of its own.</summary>
    public static string CookieOf(TierContext tier) => $"__Host-juming-{tier.Tier.Name}";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var ct = Context.RequestAborted;
        if (Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = await tokens.Find(header[7..].Trim(), ct);
            return token is null ? AuthenticateResult.Fail("unknown token") : Success(new Claim(ClaimTypes.NameIdentifier, token.Id.ToString()), new Claim(ClaimTypes.Name, token.Name), new Claim(TokenClaim, token.Id.ToString()));
        }
        if (Request.Cookies[CookieOf(tier)] is not { } cookie) return AuthenticateResult.NoResult();
        var session = await sessions.Find(cookie, ct);
        return session is null
            ? AuthenticateResult.Fail("unknown session")
            : Success([new Claim(ClaimTypes.NameIdentifier, session.UserId.ToString()), new Claim(ClaimTypes.Name, session.Name), new Claim(SessionClaim, session.Id.ToString()), .. session.Roles.Select(r => new Claim(ClaimTypes.Role, r.ToString()))]);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessErrors.NotSignedIn.ToHttp().ExecuteAsync(Context);

    private AuthenticateResult Success(params Claim[] claims) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name, ClaimTypes.Name, ClaimTypes.Role)), Scheme.Name));
}
