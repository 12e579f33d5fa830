using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Ask;

/// <summary>Asks, takes back and looks, for other modules.</summary>
internal sealed class ApprovalDesk(ApprovalsDb db, IPeople people, TimeProvider clock) : IApprovalDesk
{
    private const int MostEvidence = 5;
    private const int MostText = 500;
    private const int MostEffects = 20;

    public async Task<Guid> Ask(ApprovalRequest request, CancellationToken ct)
    {
        if (await Find(request.Key, ct) is { } there) return there;
        var row = RowOf(request);
        row.RequestedName = await NameOf(request.RequestedBy, ct);
        db.Add(row);
        db.Publish(new ApprovalAsked(row.Id, row.Code, row.IncidentId, row.HighRisk, row.ExpiresAt));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (db.ChangeTracker.Entries().Any())
        {
            // Somebody asked about the same effect at the same moment.
            db.ChangeTracker.Clear();
            if (await Find(request.Key, ct) is not { } theirs) throw;
            return theirs;
        }
        return row.Id;
    }

    public async Task Withdraw(Guid approval, string reason, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await db.Approvals.FirstOrDefaultAsync(a => a.Id == approval, ct) is not { State: ApprovalState.Asked } row) return;
            Decisions.End(db, row, ApprovalState.Withdrawn, "", Cut(reason), clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(ct);
                return;
            }
            catch (DbUpdateConcurrencyException) when (attempt < 3)
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    public async Task<ApprovalStanding?> Look(Guid approval, CancellationToken ct) =>
        (await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Id == approval, ct))?.Standing;

    private async Task<Guid?> Find(string key, CancellationToken ct) =>
        await db.Approvals.AsNoTracking().Where(a => a.Key == key).Select(a => (Guid?)a.Id).FirstOrDefaultAsync(ct);

    private async Task<string?> NameOf(string? requester, CancellationToken ct) =>
        Guid.TryParse(requester, out var id) ? (await people.Active(ct)).FirstOrDefault(p => p.Id == id)?.Name ?? requester : requester;

    private ApprovalRow RowOf(ApprovalRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Keys, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Keys, 2);
        // What is approved must be seen whole: an effect that would have to be cut is not asked about.
        if (request.Effect.Count > MostEffects || request.Effect.Any(e => e.Key.Length > 100 || e.Value.Length > MostText * 4)) throw new ArgumentException("The effect has too many or too long values to be shown whole.", nameof(request));
        return new ApprovalRow
        {
            Key = request.Key,
            Code = request.Code,
            Effect = JsonSerializer.Serialize(request.Effect),
            Evidence = JsonSerializer.Serialize(request.Evidence.Take(MostEvidence).Select(Cut)),
            Inverse = request.Inverse,
            IncidentId = request.Incident,
            RunId = request.Run,
            RequestedBy = request.RequestedBy,
            Keys = request.Keys,
            HighRisk = request.HighRisk,
            AskedAt = clock.GetUtcNow(),
            ExpiresAt = request.ExpiresAt,
        };
    }

    private static string Cut(string text) => text.Length <= MostText ? text : string.Concat(text.AsSpan(0, MostText - 1), "…");
}
