using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Carries from one node to the others that something about a peer has changed: that it was shut out, has moved to another node, or has something to fetch. A word of
/// the database is only the hint; every few seconds the rows themselves are looked at, and what they say counts.
/// </summary>
internal sealed partial class PeerNews(IServiceScopeFactory scopes, Connections connections, Database database, TierContext tier, TimeProvider clock, ILogger<PeerNews> log) : BackgroundService
{
    private const string Channel = "juming_links_peer";

    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    /// <summary>Tells the other nodes, where there can be any. What it tells of is committed before.</summary>
    public async Task Tell(Guid peer, CancellationToken ct)
    {
        if (!database.SeveralNodes) return;
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT pg_notify(@channel, @peer)", connection);
        command.Parameters.AddWithValue("channel", Channel);
        command.Parameters.AddWithValue("peer", peer.ToString("N"));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        var listening = database.SeveralNodes ? Listen(stoppingToken) : Task.CompletedTask;
        using var timer = new PeriodicTimer(Each, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Look([.. connections.Peers], stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends what the register says is over here, and wakes those for whom something waits.</summary>
    private async Task Look(IReadOnlyCollection<Guid> peers, CancellationToken ct)
    {
        var here = connections.Peers.Intersect(peers).ToList();
        if (here.Count == 0) return;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
            var rows = await db.Peers.AsNoTracking().Where(p => here.Contains(p.Id)).Select(p => new { p.Id, p.Fence, p.RevokedAt, p.QuarantinedAt }).ToListAsync(ct);
            // One question for all: woken by thousands, each would ask the database for itself.
            var waiting = (await db.LogEnds.AsNoTracking().Where(e => e.Topic == Topics.Orders && e.Last > e.Acked && here.Contains(e.Peer)).Select(e => e.Peer).ToListAsync(ct)).ToHashSet();
            foreach (var row in rows)
            {
                if (row.RevokedAt is not null) connections.ShutOut(row.Id, Contracts.Link.EndReason.Revoked);
                else if (row.QuarantinedAt is not null) connections.ShutOut(row.Id, Contracts.Link.EndReason.Quarantined);
                if (connections.Of(row.Id) is not { } connection) continue;
                if (row.Fence > connection.Fence) connection.End(Contracts.Link.EndReason.TakenOver);
                else if (waiting.Contains(row.Id)) connection.Wake.Ring();
            }
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            LogAway(log, DatabaseErrors.Reason(e));
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await ListenOnce(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
            {
                LogAway(log, DatabaseErrors.Reason(e));
                await Task.Delay(Each, clock, ct);
            }
        }
    }

    private async Task ListenOnce(CancellationToken ct)
    {
        var heard = System.Threading.Channels.Channel.CreateUnbounded<Guid>();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(ct);
        connection.Notification += (_, word) =>
        {
            if (Guid.TryParseExact(word.Payload, "N", out var peer)) heard.Writer.TryWrite(peer);
        };
        await using (var command = new NpgsqlCommand("LISTEN " + Channel, connection)) await command.ExecuteNonQueryAsync(ct);
        while (true)
        {
            await connection.WaitAsync(ct);
            var peers = new HashSet<Guid>();
            while (heard.Reader.TryRead(out var peer)) peers.Add(peer);
            await Look(peers, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The register of peers can't be looked at: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
