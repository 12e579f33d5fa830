using System.Collections.Concurrent;
using Juming.Platform.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Architecture.Tests.Matrix;

/// <summary>Callers whose rights hold at another site than the one they call. The one place that says how a caller comes to have such a scope.</summary>
internal sealed class Elsewhere
{
    private static readonly IReadOnlyList<Scope> OtherSite = [new("site", "other")];

    private readonly ConcurrentDictionary<string, byte> _actors = [];

    /// <summary>Puts this into a tier's services, around its own way to find the caller.</summary>
    public void AddTo(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(IActorSource));
        services.Remove(real);
        services.AddScoped(real.ImplementationType!);
        services.AddScoped<IActorSource>(p => new Source((IActorSource)p.GetRequiredService(real.ImplementationType!), this));
    }

    /// <summary>From now on this actor's rights hold elsewhere.</summary>
    public void Send(Guid actor) => _actors.TryAdd(actor.ToString(), 0);

    private sealed class Source(IActorSource inner, Elsewhere elsewhere) : IActorSource
    {
        public async ValueTask<Actor> Current(CancellationToken ct)
        {
            var actor = await inner.Current(ct);
            return elsewhere._actors.ContainsKey(actor.Id) ? actor with { Scopes = OtherSite } : actor;
        }
    }
}
