using Juming.Platform.Access;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Handlers;

/// <summary>
/// The one way in for pages, endpoints, jobs and verbs. Opens a fresh scope per call and carries the caller across: a console circuit lives
/// as long as its tab and must not hold a database context all day.
/// </summary>
public sealed class Sender(IServiceScopeFactory scopes, IActorSource actors)
{
    /// <summary>Sends as the present caller.</summary>
    public async Task<Result<T>> Send<T>(IRequest<Result<T>> request, CancellationToken ct = default) =>
        await SendAs(await actors.Current(ct), request, ct);

    /// <summary>Sends as the present caller what a page asks by itself, again and again: it keeps no session alive.</summary>
    public async Task<Result<T>> Poll<T>(IRequest<Result<T>> request, CancellationToken ct = default) =>
        await SendAs(await actors.Unattended(ct), request, ct);

    /// <summary>Sends as somebody: the system for jobs, the administrator for verbs.</summary>
    public async Task<Result<T>> SendAs<T>(Actor actor, IRequest<Result<T>> request, CancellationToken ct = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = actor;
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, ct);
    }
}
