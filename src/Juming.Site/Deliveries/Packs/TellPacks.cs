using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Site.Deliveries.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Deliveries.Packs;

/// <summary>Tells the tier above what became of its packs: the version and the outcome, not who decided or why. All of it after a start; the gate sends nothing anew that it has sent.</summary>
internal sealed class TellPacks(DeliveriesDb db, IEgress egress, ToldPacks told)
{
    private const int Most = 2000;

    /// <summary>Tells what has changed.</summary>
    public async Task Run(CancellationToken ct)
    {
        foreach (var row in await db.Packs.AsNoTracking().OrderByDescending(p => p.SeenAt).Take(Most).ToListAsync(ct))
        {
            var at = new[] { row.SeenAt, row.DecidedAt ?? row.SeenAt, row.TakenAt ?? row.SeenAt }.Max();
            if (!told.IsNews(row.Path, (row.State, at))) continue;
            // Told at the next run: there is no way up yet, or the customer does not want it told.
            if ((await egress.Send(new PackStanding { Pack = ByteString.CopyFrom(PackIdentity.Of(row.Path).ToByteArray(bigEndian: true)), Outcome = OutcomeOf(row.State), At = PlainStatements.Micros(at) }, ct)).Outcome is EgressOutcome.NotJoined or EgressOutcome.Refused) return;
            told.Keep(row.Path, (row.State, at));
        }
    }

    private static PackOutcome OutcomeOf(PackState state) => state switch
    {
        PackState.Waiting => PackOutcome.Waiting,
        PackState.Agreed => PackOutcome.Agreed,
        PackState.InForce => PackOutcome.InForce,
        PackState.Replaced => PackOutcome.Replaced,
        PackState.Refused => PackOutcome.Refused,
        PackState.RolledBack => PackOutcome.RolledBack,
        PackState.Withdrawn => PackOutcome.Withdrawn,
        _ => PackOutcome.Failed,
    };
}

/// <summary>What has been told since the start.</summary>
internal sealed class ToldPacks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (PackState, DateTimeOffset)> _told = new(StringComparer.Ordinal);

    /// <summary>True when something else was told last, or nothing.</summary>
    public bool IsNews(string path, (PackState, DateTimeOffset) standing)
    {
        lock (_gate) return !_told.TryGetValue(path, out var before) || before != standing;
    }

    /// <summary>Notes what was told.</summary>
    public void Keep(string path, (PackState, DateTimeOffset) standing)
    {
        lock (_gate) _told[path] = standing;
    }
}
