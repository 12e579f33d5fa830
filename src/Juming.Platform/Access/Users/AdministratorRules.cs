using Juming.Platform.Access.Data;
using Juming.Platform.Access.Setup;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>What keeps the three administrators apart: nobody takes over another kind, changes their own rights, or removes the last of a kind.</summary>
internal sealed class AdministratorRules(AccessDb db, SetupLink setup, CurrentActor current, HostScope host)
{
    /// <summary>
    /// The refusal of a reset on the web, or null. Who resets sees the link of the account, so that a reset across kinds would be a way to hold two of them;
    /// the command line is root's, and the audit shows it.
    /// </summary>
    public async Task<Error?> AgainstReset(User user, CancellationToken ct)
    {
        if (current.Actor.Kind is ActorKind.CommandLine or ActorKind.System || await setup.IsTrial(ct)) return null;
        var own = current.Actor.PersonId is { } id ? await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, ct) : null;
        var foreign = RoleSet.AdministratorsOf(user.RoleList()).Except(own?.RoleList() ?? []);
        return foreign.Any() ? AccessErrors.ResetAtCommandLine.With("name", user.Name) : null;
    }

    /// <summary>The refusal of a change that leaves an account these roles and scopes, or null.</summary>
    public async Task<Error?> AgainstRights(User user, IReadOnlyList<Role> roles, IReadOnlyList<Scope> scopes, CancellationToken ct)
    {
        if (current.Actor.PersonId == user.Id) return AccessErrors.OwnRights;
        return await AgainstLoss(user, Covers(scopes) ? roles : [], ct);
    }

    /// <summary>The refusal to shut an account, or null.</summary>
    public Task<Error?> AgainstDisabling(User user, CancellationToken ct) => AgainstLoss(user, [], ct);

    private async Task<Error?> AgainstLoss(User user, IReadOnlyList<Role> left, CancellationToken ct)
    {
        if (user.DisabledAt is not null) return null;
        var lost = RoleSet.AdministratorsOf(user.RoleList()).Except(left).ToList();
        if (lost.Count == 0) return null;
        var others = await db.Users.AsNoTracking().Where(u => u.Id != user.Id && u.DisabledAt == null).ToListAsync(ct);
        return lost.All(role => others.Any(o => o.RoleList().Contains(role) && Covers(ScopeSet.Parse(o.Within)))) ? null : AccessErrors.LastAdministrator;
    }

    private bool Covers(IReadOnlyList<Scope> scopes) => scopes.Contains(Scope.All) || scopes.Contains(host.Scope);
}
