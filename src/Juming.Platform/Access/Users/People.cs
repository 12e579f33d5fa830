using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Reads the accounts for other modules: names, identities and roles, nothing else.</summary>
internal sealed class People(AccessDb db, PermissionMap permissions, HostScope host) : IPeople
{
    public async Task<IReadOnlyList<Person>> Active(CancellationToken ct) =>
        [.. (await db.Users.AsNoTracking().Where(u => u.DisabledAt == null).OrderBy(u => u.NameKey).ToListAsync(ct))
            .Where(u => ScopeSet.Parse(u.Within).Any(s => s == Scope.All || s == host.Scope)).Select(u => new Person(u.Id, u.Name, u.RoleList()))];

    public async Task<IReadOnlyList<Person>> Holding(string permission, CancellationToken ct) =>
        [.. (await Active(ct)).Where(p => permissions.Of(p.Roles).Contains(permission))];
}
