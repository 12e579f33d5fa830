using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access.Users;

/// <summary>Says where the roles of an account hold: "all", or kinds with identities such as "customer:42"; at once, in open sessions and the person's tokens too.</summary>
internal sealed record SetScopes(string Name, IReadOnlyList<string> Scopes) : ICommand<Done>, INeeds<RolesWrite>;

file sealed class Handler(AccessDb db, UserBook book, AdministratorRules rules, AdministratorTurn administrators, SessionRegistry sessions, TokenRegistry tokens, Confirmation confirmation) : ICommandHandler<SetScopes, Done>
{
    public async Task<Result<Done>> Handle(SetScopes request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        using var turn = await administrators.Enter(ct);
        if (await book.Find(request.Name, ct) is not { } user) return AccessErrors.NoSuchUser;
        var scopes = new List<Scope>();
        foreach (var text in request.Scopes)
        {
            if (ScopeSet.Read(text) is not { } scope) return AccessErrors.NoSuchScope.With("scope", text);
            scopes.Add(scope);
        }
        if (scopes.Count is 0 or > 100) return AccessErrors.NoSuchScope.With("scope", "");
        if (await rules.AgainstRights(user, user.RoleList(), scopes, ct) is { } refusal) return refusal;
        (user.Within, user.Stamp) = (ScopeSet.Write(scopes), Guid.CreateVersion7());
        await db.SaveChangesAsync(ct);
        sessions.RightsChanged(user);
        await tokens.OwnerChanged(user, ct);
        return Done.Value;
    }
}
