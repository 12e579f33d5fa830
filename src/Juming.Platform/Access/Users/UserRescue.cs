using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Takes away the second factor and, as they stand for it, the passkeys: the person enrols a new one after the password at the next sign-in.</summary>
internal sealed record ResetSecondFactor(string Name) : ICommand<Done>, INeeds<UsersWrite>;

/// <summary>Ends the pause that failed sign-ins have brought on an account.</summary>
internal sealed record UnlockUser(string Name) : ICommand<Done>, INeeds<UsersWrite>;

file sealed class ResetHandler(AccessDb db, UserBook book, AdministratorRules rules, SessionRegistry sessions, Confirmation confirmation) : ICommandHandler<ResetSecondFactor, Done>
{
    public async Task<Result<Done>> Handle(ResetSecondFactor request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        if (await rules.AgainstReset(user, ct) is { } refusal) return refusal;
        (user.TotpSecret, user.Stamp) = (null, Guid.CreateVersion7());
        db.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(ct));
        db.RemoveRange(await db.Passkeys.Where(p => p.UserId == user.Id).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        await sessions.Revoke(db, user.Id, null, ct);
        return Done.Value;
    }
}

file sealed class UnlockHandler(UserBook book, LockOut lockOut) : ICommandHandler<UnlockUser, Done>
{
    public async Task<Result<Done>> Handle(UnlockUser request, CancellationToken ct)
    {
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        lockOut.Succeeded(user.NameKey);
        return Done.Value;
    }
}
