using Juming.Platform.Access;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Phone;

/// <summary>One-time links of people to approvals. The link itself is told once and kept nowhere; only its hash is.</summary>
internal sealed class PersonalLinks(ApprovalsDb db)
{
    /// <summary>New links for these people; links made before and not used end.</summary>
    /// <returns>Path of each person's page.</returns>
    public async Task<IReadOnlyDictionary<Guid, string>> Make(ApprovalRow approval, IEnumerable<Person> people, CancellationToken ct)
    {
        db.RemoveRange(await db.Links.Where(l => l.ApprovalId == approval.Id && l.UsedAt == null).ToListAsync(ct));
        var paths = new Dictionary<Guid, string>();
        foreach (var person in people)
        {
            var secret = OnceShown.Make();
            db.Add(new LinkRow { Hash = OnceShown.HashOf(secret), ApprovalId = approval.Id, PersonId = person.Id, ExpiresAt = approval.ExpiresAt });
            paths[person.Id] = "/m/approvals/" + secret;
        }
        await db.SaveChangesAsync(ct);
        return paths;
    }

    /// <summary>The link, or null when there is none. It opens until its approval's time is over, also after it was used: to see how things stand.</summary>
    public async Task<LinkRow?> Find(string secret, CancellationToken ct)
    {
        var hash = OnceShown.HashOf(secret);
        return await db.Links.AsNoTracking().FirstOrDefaultAsync(l => l.Hash == hash, ct);
    }
}
