using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>All accounts.</summary>
internal sealed record ListUsers : IQuery<IReadOnlyList<UserLine>>, INeeds<UsersRead>;

/// <summary>One account. <paramref name="LockedSeconds"/>: how long it must still wait after failed sign-ins; 0 when it may try.</summary>
internal sealed record UserLine(string Name, IReadOnlyList<string> Roles, bool Disabled, bool HasSecondFactor, int Sessions, DateTimeOffset CreatedAt, bool HasPassword = true, int LockedSeconds = 0, string Within = ScopeSet.Everywhere);

/// <summary>All live sessions.</summary>
internal sealed record ListSessions : IQuery<IReadOnlyList<SessionLine>>, INeeds<UsersRead>;

/// <summary>One live session.</summary>
internal sealed record SessionLine(Guid Id, string Name, string Address, string Agent, DateTimeOffset OpenedAt, DateTimeOffset LastSeenAt);

file sealed class UsersHandler(AccessDb db, SessionRegistry sessions, LockOut lockOut) : IQueryHandler<ListUsers, IReadOnlyList<UserLine>>
{
    public async Task<Result<IReadOnlyList<UserLine>>> Handle(ListUsers request, CancellationToken ct)
    {
        var live = (await sessions.List(ct)).CountBy(s => s.UserId).ToDictionary();
        var users = await db.Users.AsNoTracking().OrderBy(u => u.NameKey).ToListAsync(ct);
        return Result<IReadOnlyList<UserLine>>.Of([.. users.Select(u => new UserLine(u.Name, [.. u.RoleList().Select(r => r.ToString())], u.DisabledAt is not null, u.TotpSecret is not null, live.GetValueOrDefault(u.Id), u.CreatedAt, u.PasswordHash is not null, (int)Math.Ceiling(lockOut.Wait(u.NameKey, "").TotalSeconds), u.Within))]);
    }
}

file sealed class SessionsHandler(SessionRegistry sessions) : IQueryHandler<ListSessions, IReadOnlyList<SessionLine>>
{
    public async Task<Result<IReadOnlyList<SessionLine>>> Handle(ListSessions request, CancellationToken ct) =>
        Result<IReadOnlyList<SessionLine>>.Of([.. (await sessions.List(ct)).Select(s => new SessionLine(s.Id, s.Name, s.Address, s.Agent, s.OpenedAt, s.LastSeenAt))]);
}
