using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Setup;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Makes an account; the person sets the password with the link.</summary>
internal sealed record AddUser(string Name, IReadOnlyList<string>? Roles) : ICommand<UserLink>, INeeds<UsersWrite>;

/// <summary>Takes away password, second factor, passkeys and sessions; the person starts anew with the link.</summary>
internal sealed record ResetUser(string Name) : ICommand<UserLink>, INeeds<UsersWrite>;

/// <summary>A one-time link of an account; 24 hours.</summary>
internal sealed record UserLink(string Name, string Link);

/// <summary>Shuts an account, or opens it again; its sessions and tokens end.</summary>
internal sealed record DisableUser(string Name, bool Disabled) : ICommand<Done>, INeeds<UsersWrite>;

/// <summary>Says which roles an account has.</summary>
internal sealed record SetRoles(string Name, IReadOnlyList<string> Roles) : ICommand<Done>, INeeds<RolesWrite>;

/// <summary>Ends all sessions of an account, or one.</summary>
internal sealed record RevokeSessions(string Name, Guid? Session) : ICommand<int>, INeeds<UsersWrite>;

/// <summary>Finds accounts and holds their rules.</summary>
internal sealed class UserBook(AccessDb db, SetupLink setup)
{
    public async Task<User?> Find(string name, CancellationToken ct)
    {
        var key = UserNames.KeyOf(name);
        return key is null ? null : await db.Users.FirstOrDefaultAsync(u => u.NameKey == key, ct);
    }

    /// <summary>The roles with these names, or the refusal.</summary>
    public async Task<Result<IReadOnlyList<Role>>> Roles(IReadOnlyList<string> names, CancellationToken ct)
    {
        var roles = new List<Role>();
        foreach (var name in names)
        {
            if (!Enum.GetNames<Role>().Contains(name, StringComparer.OrdinalIgnoreCase)) return AccessErrors.NoSuchRole.With("role", name);
            roles.Add(Enum.Parse<Role>(name, true));
        }
        return RoleSet.AreSeparated(roles) || await setup.IsTrial(ct) ? Result<IReadOnlyList<Role>>.Of(roles) : AccessErrors.RolesNotSeparated;
    }
}

file sealed class AddHandler(AccessDb db, UserBook book, UserLinks links, Confirmation confirmation, CurrentActor current, TimeProvider clock) : ICommandHandler<AddUser, UserLink>
{
    public async Task<Result<UserLink>> Handle(AddUser request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (UserNames.KeyOf(request.Name) is not { } key) return AccessErrors.NameRefused;
        var wanted = request.Roles ?? [];
        if (wanted.Count > 0 && !current.Actor.Holds(RolesWrite.Code)) return AccessErrors.NotPermitted.With("permission", RolesWrite.Code);
        var roles = await book.Roles(wanted, ct);
        if (roles.Error is { } error) return error;
        if (await db.Users.AnyAsync(u => u.NameKey == key, ct)) return AccessErrors.NameTaken;
        var user = new User { Name = UserNames.ShownOf(request.Name), NameKey = key, Roles = RoleSet.Write(roles.Value), CreatedAt = clock.GetUtcNow() };
        db.Add(user);
        var link = links.Add(db, user.Id);
        // The command line may make the first administrator too; from then on the set-up link is void.
        if (roles.Value.Contains(Role.SystemAdmin) && !await db.HostStates.AnyAsync(ct)) db.Add(new HostState { SetUpAt = clock.GetUtcNow(), Trial = false });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            return AccessErrors.NameTaken;
        }
        return new UserLink(user.Name, link);
    }
}

file sealed class ResetHandler(AccessDb db, UserBook book, AdministratorRules rules, UserLinks links, SessionRegistry sessions, TokenRegistry tokens, Confirmation confirmation, TimeProvider clock) : ICommandHandler<ResetUser, UserLink>
{
    public async Task<Result<UserLink>> Handle(ResetUser request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        if (await rules.AgainstReset(user, ct) is { } refusal) return refusal;
        (user.PasswordHash, user.TotpSecret, user.Stamp) = (null, null, Guid.CreateVersion7());
        foreach (var old in await db.Links.Where(l => l.UserId == user.Id && l.UsedAt == null).ToListAsync(ct)) old.UsedAt = clock.GetUtcNow();
        db.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(ct));
        db.RemoveRange(await db.Passkeys.Where(p => p.UserId == user.Id).ToListAsync(ct));
        var link = links.Add(db, user.Id);
        await db.SaveChangesAsync(ct);
        await sessions.Revoke(db, user.Id, null, ct);
        await tokens.RevokeAll(db, user.Id, ct);
        return new UserLink(user.Name, link);
    }
}

file sealed class DisableHandler(AccessDb db, UserBook book, AdministratorRules rules, AdministratorTurn administrators, SessionRegistry sessions, TokenRegistry tokens, Confirmation confirmation, TimeProvider clock) : ICommandHandler<DisableUser, Done>
{
    public async Task<Result<Done>> Handle(DisableUser request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        using var turn = await administrators.Enter(ct);
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        if (request.Disabled && await rules.AgainstDisabling(user, ct) is { } refusal) return refusal;
        (user.DisabledAt, user.Stamp) = (request.Disabled ? clock.GetUtcNow() : null, Guid.CreateVersion7());
        await db.SaveChangesAsync(ct);
        if (!request.Disabled) return Done.Value;
        await sessions.Revoke(db, user.Id, null, ct);
        await tokens.RevokeAll(db, user.Id, ct);
        return Done.Value;
    }
}

file sealed class RolesHandler(AccessDb db, UserBook book, AdministratorRules rules, AdministratorTurn administrators, SessionRegistry sessions, TokenRegistry tokens, Confirmation confirmation) : ICommandHandler<SetRoles, Done>
{
    public async Task<Result<Done>> Handle(SetRoles request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        using var turn = await administrators.Enter(ct);
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        var roles = await book.Roles(request.Roles, ct);
        if (roles.Error is { } error) return error;
        if (await rules.AgainstRights(user, roles.Value, ScopeSet.Parse(user.Within), ct) is { } refusal) return refusal;
        (user.Roles, user.Stamp) = (RoleSet.Write(roles.Value), Guid.CreateVersion7());
        await db.SaveChangesAsync(ct);
        sessions.RightsChanged(user);
        await tokens.OwnerChanged(user, ct);
        return Done.Value;
    }
}

file sealed class RevokeHandler(AccessDb db, UserBook book, SessionRegistry sessions) : ICommandHandler<RevokeSessions, int>
{
    public async Task<Result<int>> Handle(RevokeSessions request, CancellationToken ct) =>
        await book.Find(request.Name, ct) is { } user ? await sessions.Revoke(db, user.Id, request.Session, ct) : AccessErrors.NoSuchUser;
}
