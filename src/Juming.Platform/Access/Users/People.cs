using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Reads the accounts for other modules: names, identities and roles, nothing else.</summary>
internal sealed class People(AccessDb db, PermissionMap permissions, HostScope host) : IPeople, IPersonDirectory
{
    public async Task<IReadOnlyList<PersonBrief>> Active(CancellationToken ct) =>
        [.. (await db.Users.AsNoTracking().Where(u => u.DisabledAt == null).OrderBy(u => u.NameKey).ToListAsync(ct)).Where(u => ScopeSet.Parse(u.Within).Any(s => s == Scope.All || s == host.Scope)).Select(u => new PersonBrief(u.Id, u.Name, u.RoleList()))];


    public async Task<IReadOnlyList<string>> Holding(string permission, CancellationToken ct) =>
        [.. (await db.Users.AsNoTracking().Where(u => u.DisabledAt == null).OrderBy(u => u.NameKey).ToListAsync(ct)).Where(u => permissions.Of(u.RoleList()).Contains(permission)).Select(u => u.Name)];
}
