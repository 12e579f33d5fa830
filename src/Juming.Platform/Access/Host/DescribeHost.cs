using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Host;

/// <summary>How this host stands: its parts for everyone who is signed in, its accounts for those who may see them.</summary>
internal sealed record DescribeHost : IQuery<HostDescription>, IAboutMyself;

/// <summary>How this host stands. <paramref name="People"/> and <paramref name="Trail"/> are null for callers without the right.</summary>
internal sealed record HostDescription(IReadOnlyList<HostPart> Parts, HostPeople? People, HostTrail? Trail);

/// <summary>One part with what a look at it found.</summary>
internal sealed record HostPart(string Name, ReadinessLevel Level, string Text, string? Advice);

/// <summary>Accounts in figures; tokens "ending soon" end within 14 days.</summary>
internal sealed record HostPeople(int Active, int Disabled, int Invited, int Sessions, int Tokens, int TokensEndingSoon);

/// <summary>The audit trail in figures; the last 24 hours.</summary>
internal sealed record HostTrail(long Entries, int Day, int RefusedDay);

file sealed class Handler(AccessDb db, SessionRegistry sessions, IEnumerable<IReadiness> parts, CurrentActor current, HostScope host, TimeProvider clock) : IQueryHandler<DescribeHost, HostDescription>
{
    public async Task<Result<HostDescription>> Handle(DescribeHost request, CancellationToken ct)
    {
        var found = new List<HostPart>();
        foreach (var part in parts)
        {
            var report = await part.Look(ct);
            found.Add(new HostPart(part.Name, report.Level, report.Text, report.Advice));
        }
        return new HostDescription(found, await People(ct), await Trail(ct));
    }

    // Anyone may ask how the host stands; its people and its trail are for those whose rights hold for the host itself.
    private bool Sees(string permission) => current.Actor.Holds(permission) && current.Actor.Covers(host.Scope);

    private async Task<HostPeople?> People(CancellationToken ct)
    {
        if (!Sees(UsersRead.Code)) return null;
        var users = await db.Users.AsNoTracking().Select(u => new { Disabled = u.DisabledAt != null, HasPassword = u.PasswordHash != null }).ToListAsync(ct);
        var now = clock.GetUtcNow();
        var soon = now.AddDays(14);
        return new HostPeople(
            users.Count(u => !u.Disabled && u.HasPassword), users.Count(u => u.Disabled), users.Count(u => !u.Disabled && !u.HasPassword), (await sessions.List(ct)).Count,
            await db.Tokens.CountAsync(t => t.RevokedAt == null && t.ExpiresAt > now, ct), await db.Tokens.CountAsync(t => t.RevokedAt == null && t.ExpiresAt > now && t.ExpiresAt < soon, ct));
    }

    private async Task<HostTrail?> Trail(CancellationToken ct)
    {
        if (!Sees(AuditRead.Code)) return null;
        var day = clock.GetUtcNow().AddDays(-1);
        return new HostTrail(await db.Audit.LongCountAsync(ct), await db.Audit.CountAsync(a => a.At >= day, ct), await db.Audit.CountAsync(a => a.At >= day && a.Outcome != "done", ct));
    }
}
