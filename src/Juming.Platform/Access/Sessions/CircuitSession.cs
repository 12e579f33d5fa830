using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Access.Sessions;

/// <summary>Signs an open circuit out when its session has ended. Calls are refused at once in any case; this also turns the page.</summary>
internal sealed class CircuitSession(ILoggerFactory logs, SessionRegistry sessions) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(Guid.TryParse(authenticationState.User.FindFirstValue(SessionAuthentication.SessionClaim), out var id) && sessions.IsLive(id));
}
