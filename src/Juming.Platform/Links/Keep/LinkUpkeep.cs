using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Keep;

/// <summary>
/// Lets go of what both ends have had for long: acknowledged records after days or megabytes, and marks with them. The last record and the last marks always stay, so that
/// two ends find where they agree.
/// </summary>
internal sealed class LinkUpkeep(IServiceScopeFactory scopes, Outgoing outgoing, LinksSettings settings, TimeProvider clock)
{
    // As many marks stay whatever their age: a search for where histories part needs some behind it.
    private const int LeastMarks = 1_000;

    /// <summary>Does it once.</summary>
    public async Task Run(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-settings.KeepDays);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        foreach (var end in await db.LogEnds.AsNoTracking().Where(e => e.Acked >= e.First).ToListAsync(ct))
            if (await LastToGo(db, end, before, ct) is { } last) await outgoing.Purge(end.Peer, end.Topic, last, ct);
        foreach (var inbox in await db.Inboxes.AsNoTracking().ToListAsync(ct)) await DropMarks(db, inbox, before, ct);
    }

    private async Task<long?> LastToGo(LinksDb db, LogEndRow end, DateTimeOffset before, CancellationToken ct)
    {
        var micros = PlainStatements.Micros(before);
        var acked = db.Log.Where(r => r.Peer == end.Peer && r.Topic == end.Topic && r.Seq <= end.Acked);
        var old = await acked.Where(r => r.At < micros).Select(r => (long?)r.Seq).MaxAsync(ct);
        var room = (long)settings.KeepMegabytes * 1024 * 1024;
        long? beyond = null;
        // From the newest down, until what may be kept is full.
        await foreach (var row in acked.OrderByDescending(r => r.Seq).Select(r => new { r.Seq, r.Payload.Length }).AsAsyncEnumerable().WithCancellation(ct))
        {
            room -= row.Length + 200;
            if (room >= 0) continue;
            beyond = row.Seq;
            break;
        }
        return old is null && beyond is null ? null : Math.Max(old ?? 0, beyond ?? 0);
    }

    private static async Task DropMarks(LinksDb db, InboxRow inbox, DateTimeOffset before, CancellationToken ct)
    {
        var last = inbox.Last - LeastMarks;
        var gone = db.Marks.Where(m => m.Peer == inbox.Peer && m.Topic == inbox.Topic && m.Seq <= last && m.At < before);
        if (await gone.Select(m => (long?)m.Seq).MaxAsync(ct) is not { } highest) return;
        await db.SaveWith(async _ =>
        {
            // The lowest number that can still be asked for is told with each position; it rises first.
            await db.Inboxes.Where(i => i.Peer == inbox.Peer && i.Topic == inbox.Topic && i.MarksFrom <= highest).ExecuteUpdateAsync(s => s.SetProperty(i => i.MarksFrom, highest + 1), ct);
            await db.Marks.Where(m => m.Peer == inbox.Peer && m.Topic == inbox.Topic && m.Seq <= highest).ExecuteDeleteAsync(ct);
        }, ct);
    }
}
