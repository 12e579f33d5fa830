using System.Security.Claims;
using Juming.Platform.Access.Tokens;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;

namespace Juming.Platform.Access.Sessions;

/// <summary>The caller of the present HTTP request or console circuit.</summary>
internal sealed class ActorSource(IHttpContextAccessor http, IServiceProvider services, AuthenticationStateProvider circuit, SessionRegistry sessions, TokenRegistry tokens) : IActorSource
{
    public ValueTask<Actor> Current(CancellationToken ct) => Find(attended: true, ct);

    public ValueTask<Actor> Unattended(CancellationToken ct) => Find(attended: false, ct);

    private async ValueTask<Actor> Find(bool attended, CancellationToken ct)
    {
        var context = http.HttpContext;
        // A circuit has a scope of its own; the request that opened it may still be visible but does not speak for it.
        var isRequest = context is not null && ReferenceEquals(context.RequestServices, services);
        var user = isRequest ? context!.User : await OfCircuit();
        if (user is null) return Actor.Nobody with { Address = isRequest ? AddressOf(context!) : null };
        if (Guid.TryParse(user.FindFirstValue(SessionAuthentication.SessionClaim), out var sessionId))
        {
            if (await sessions.Find(sessionId, ct, attended) is not { } session) return Actor.Nobody;
            return new Actor(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, session.Scopes)
            {
                Address = isRequest ? AddressOf(context!) : session.Address,
                SessionId = session.Id.ToString(),
            };
        }
        if (isRequest && Guid.TryParse(user.FindFirstValue(SessionAuthentication.TokenClaim), out var tokenId) && tokens.Find(tokenId) is { } token)
            return new Actor(ActorKind.Token, token.Id.ToString(), token.Name, token.Rights.Permissions, token.Rights.Scopes) { Address = AddressOf(context!) };
        return Actor.Nobody with { Address = isRequest ? AddressOf(context!) : null };
    }

    private async Task<ClaimsPrincipal?> OfCircuit()
    {
        try
        {
            return (await circuit.GetAuthenticationStateAsync()).User;
        }
        catch (InvalidOperationException)
        {
            // Neither a request nor a circuit: a background scope that asks for the present caller.
            return null;
        }
    }

    internal static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "local";
}
