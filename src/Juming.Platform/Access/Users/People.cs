using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Reads the accounts for other modules: names, nothing else.</summary>
internal sealed class People(AccessDb db, PermissionMap permissions) : IPeople
{
    public async Task<IReadOnlyList<string>> Holding(string permission, CancellationToken ct) => [.. (await PeopleHolding(permission, ct)).Select(p => p.Name)];

    public async Task<IReadOnlyList<Person>> PeopleHolding(string permission, CancellationToken ct) =>
        [.. (await db.Users.AsNoTracking().Where(u => u.DisabledAt == null).OrderBy(u => u.NameKey).ToListAsync(ct)).Where(u => permissions.Of(u.RoleList()).Contains(permission)).Select(u => new Person(u.Id, u.Name))];
}
