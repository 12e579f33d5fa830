using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Ask;

/// <summary>Forgets decided approvals after their time, and links that no longer open.</summary>
internal sealed class ApprovalsUpkeep(ApprovalsDb db, ApprovalsSettings settings, TimeProvider clock)
{
    private const int Portion = 500;

    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var old = now - TimeSpan.FromDays(settings.KeepDays);
        db.RemoveRange(await db.Links.Where(l => l.ExpiresAt < now).Take(Portion).ToListAsync(ct));
        var gone = await db.Approvals.Where(a => a.State != ApprovalState.Asked && a.DecidedAt < old).Take(Portion).ToListAsync(ct);
        var ids = gone.Select(a => a.Id).ToList();
        db.RemoveRange(await db.Answers.Where(a => ids.Contains(a.ApprovalId)).ToListAsync(ct));
        db.RemoveRange(gone);
        await db.SaveChangesAsync(ct);
    }
}
