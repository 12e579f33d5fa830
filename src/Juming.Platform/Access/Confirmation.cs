using Juming.Platform.Access.Sessions;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>Sensitive acts of a person need a recent password and second factor.</summary>
internal sealed class Confirmation(CurrentActor current, SessionRegistry sessions, AccessSettings settings, TimeProvider clock)
{
    /// <summary>The refusal when it is too long ago, or null.</summary>
    public async Task<Error?> Missing(CancellationToken ct)
    {
        if (current.Actor.Kind != ActorKind.Person) return current.Actor.Kind is ActorKind.CommandLine or ActorKind.System ? null : AccessErrors.ConfirmFirst;
        var session = Guid.TryParse(current.Actor.SessionId, out var id) ? await sessions.Find(id, ct) : null;
        return session is not null && clock.GetUtcNow() - session.ConfirmedAt <= TimeSpan.FromMinutes(settings.ConfirmMinutes) ? null : AccessErrors.ConfirmFirst;
    }
}
