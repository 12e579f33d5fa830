using System.Globalization;
using System.Security.Cryptography;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Lower;

/// <summary>
/// Which of several nodes of one host dials the host above: they have one identity, and two that use it at once look like a copied machine from there. The row of the host above keeps
/// who it is and until when; a node that is alone always is the one.
/// </summary>
internal sealed class DialSeat(IServiceScopeFactory scopes, Database database, TimeProvider clock)
{
    /// <summary>How often the holder says that it is still there.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Term = TimeSpan.FromSeconds(20);
    private readonly string _node = NewBoot().ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Whether there can be others.</summary>
    public bool IsShared => database.SeveralNodes;

    /// <summary>
    /// Number of the process at the link, by which the host above tells two with one identity apart. It is another after another node had the seat: nodes that dial by turns are no copies,
    /// and only a copy comes back with a number from before.
    /// </summary>
    public ulong BootId { get; private set; } = NewBoot();

    /// <summary>Takes the seat, or keeps it.</summary>
    /// <returns>False when another node has it, or when this host is no longer joined with that upper one.</returns>
    public async Task<bool> Take(Guid upper, CancellationToken ct)
    {
        if (!IsShared) return true;
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var joined = db.Peers.Where(p => p.Id == upper && db.Memberships.Any(m => m.Upper == upper));
        if (await Sit(joined.Where(p => p.BootId == _node), now, ct)) return true;
        if (!await Sit(joined.Where(p => p.LeaseUntil == null || p.LeaseUntil < now), now, ct)) return false;
        BootId = NewBoot();
        return true;
    }

    /// <summary>Gives it up, so that another need not wait for the end of the term.</summary>
    public async Task GiveUp(Guid upper, CancellationToken ct)
    {
        if (!IsShared) return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<LinksDb>().Peers.Where(p => p.Id == upper && p.BootId == _node).ExecuteUpdateAsync(s => s.SetProperty(p => p.LeaseUntil, (DateTimeOffset?)null), ct);
    }

    private async Task<bool> Sit(IQueryable<PeerRow> where, DateTimeOffset now, CancellationToken ct) =>
        await where.ExecuteUpdateAsync(s => s.SetProperty(p => p.BootId, _node).SetProperty(p => p.LeaseUntil, now + Term), ct) > 0;

    private static ulong NewBoot() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
}
