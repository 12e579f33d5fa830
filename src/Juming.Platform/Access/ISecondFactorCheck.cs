using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>Asks a person once more for their second factor, wherever they answer from.</summary>
public interface ISecondFactorCheck
{
    /// <summary>Takes a fresh code of the person's authenticator app, or a recovery code; a code is taken once.</summary>
    /// <returns>The refusal (wrong code, too many attempts), or null when it fits.</returns>
    Task<Error?> Take(Guid person, Secret code, CancellationToken ct);
}
