using System.Globalization;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.SignIn;

/// <summary>The same codes, and the same count of failures, as at sign-in.</summary>
internal sealed class SecondFactorCheck(AccessDb db, SecondFactors factors, LockOut lockOut, CurrentActor current) : ISecondFactorCheck
{
    public async Task<Error?> Take(Guid person, Secret code, CancellationToken ct)
    {
        if (await db.Users.FirstOrDefaultAsync(u => u.Id == person && u.DisabledAt == null, ct) is not { } user) return AccessErrors.WrongSignIn;
        var address = current.Actor.Address ?? "";
        if (lockOut.Reserve(user.NameKey, address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (!await factors.Take(db, user, code.Value, ct)) return AccessErrors.WrongCode;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody used the same code at the same moment.
            return AccessErrors.WrongCode;
        }
        lockOut.Release(user.NameKey, address);
        return null;
    }
}
