using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Reads the accounts for other modules: names, identities and roles, nothing else.</summary>
internal sealed class People(AccessDb db, PermissionMap permissions, HostScope host) : IPeople, IPersonDirectory
{
    public async Task<IReadOnlyList<string>> Holding(string permission, CancellationToken ct) => [.. (await PeopleHolding(permission, ct)).Select(p => p.Name)];

    public async Task<IReadOnlyList<Person>> PeopleHolding(string permission, CancellationToken ct) =>
        [.. (await Here(ct)).Where(u => permissions.Of(u.RoleList()).Contains(permission)).Select(u => new Person(u.Id, u.Name))];

    public async Task<IReadOnlyList<PersonBrief>> Active(CancellationToken ct) => [.. (await Here(ct)).Select(u => new PersonBrief(u.Id, u.Name, u.RoleList()))];

    private async Task<IEnumerable<User>> Here(CancellationToken ct) =>
        (await db.Users.AsNoTracking().Where(u => u.DisabledAt == null).OrderBy(u => u.NameKey).ToListAsync(ct)).Where(u => ScopeSet.Parse(u.Within).Any(s => s == Scope.All || s == host.Scope));
}
