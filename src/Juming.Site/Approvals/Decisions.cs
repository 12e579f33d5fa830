using Juming.Site.Approvals.Data;

namespace Juming.Site.Approvals;

/// <summary>Ends an approval and tells those who wait for it, in one transaction.</summary>
internal static class Decisions
{
    public static void End(ApprovalsDb db, ApprovalRow row, ApprovalState state, string by, string reason, DateTimeOffset at)
    {
        row.Decide(state, by, reason, at);
        db.Publish(new ApprovalDecided(row.Id, row.Key, state, by, at));
    }
}
