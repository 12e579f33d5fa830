using Juming.Platform.Access.Data;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using OtpNet;

namespace Juming.Platform.Access.Setup;

/// <summary>Makes the first accounts. In a trial one person holds all three administrators' roles; otherwise three are named, and the other two get one-time links.</summary>
internal sealed record SetUpHost(Secret Link, bool Trial, string Name, Secret Password, string? SecurityAdmin, string? AuditAdmin) : ICommand<HostSetUp>, IOpenToAnyone;

/// <summary>The sign-in to go on with, and the links of the other administrators by name.</summary>
internal sealed record HostSetUp(string Pending, IReadOnlyDictionary<string, string> Links);

file sealed class Handler(AccessDb db, SetupLink setup, Passwords passwords, PendingSignIns pending, UserLinks links, TimeProvider clock) : ICommandHandler<SetUpHost, HostSetUp>
{
    public async Task<Result<HostSetUp>> Handle(SetUpHost request, CancellationToken ct) =>
        await setup.Use(request.Link.Value, async () =>
        {
            var answer = await SetUp(request, ct);
            return (answer, answer.Succeeded);
        }, ct) ?? AccessErrors.SetupLinkInvalid;

    private async Task<Result<HostSetUp>> SetUp(SetUpHost request, CancellationToken ct)
    {
        var people = new List<(string Name, Role[] Roles)> { (request.Name, request.Trial ? [Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin, Role.Analyst] : [Role.SystemAdmin]) };
        if (!request.Trial)
        {
            if (string.IsNullOrWhiteSpace(request.SecurityAdmin) || string.IsNullOrWhiteSpace(request.AuditAdmin)) return AccessErrors.ThreeAdministrators;
            people.AddRange([(request.SecurityAdmin, [Role.SecurityAdmin]), (request.AuditAdmin, [Role.AuditAdmin])]);
        }
        var keys = people.Select(p => UserNames.KeyOf(p.Name)).ToList();
        if (keys.Contains(null)) return AccessErrors.NameRefused;
        if (keys.Distinct().Count() != keys.Count) return AccessErrors.NameTaken;
        if (Passwords.Refusal(request.Password.Value, request.Name) is { } refusal) return refusal;
        var now = clock.GetUtcNow();
        var users = people.Select((p, i) => new User { Name = UserNames.ShownOf(p.Name), NameKey = keys[i]!, Roles = RoleSet.Write(p.Roles), CreatedAt = now }).ToList();
        users[0].PasswordHash = await passwords.HashOf(request.Password.Value, ct);
        db.AddRange(users);
        db.Add(new HostState { SetUpAt = now, Trial = request.Trial });
        var others = users.Skip(1).ToDictionary(u => u.Name, u => links.Add(db, u.Id));
        await db.SaveChangesAsync(ct);
        return new HostSetUp(pending.Add(users[0].Id, KeyGeneration.GenerateRandomKey(20)), others);
    }
}
