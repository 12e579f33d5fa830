using System.Globalization;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Upper;

/// <summary>Lets peers in: by the certificate that they hold now, unless they were shut out; and tells two processes with one identity apart.</summary>
internal sealed class LinkDoor(IServiceScopeFactory scopes, Authority authority, Connections connections, ILinkIncidents incidents, TimeProvider clock)
{
    /// <summary>How long a peer counts as there without a word.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FlipTime = TimeSpan.FromMinutes(10);
    private const int MostFlips = 3;
    private const int MostBootIds = 16;

    /// <summary>The peer behind a call.</summary>
    /// <exception cref="RpcException">It is none, or was shut out.</exception>
    public async Task<Guid> Enter(ServerCallContext call)
    {
        var held = await authority.Get(call.CancellationToken);
        var certificate = call.GetHttpContext().Connection.ClientCertificate;
        if (certificate is null || PeerIn(certificate, held.Upper) is not { } peer) throw Refused("no certificate of this authority");
        if (LinkCertificates.ProblemOf(certificate, held.Certificate, LinkCertificates.NameOf(held.Upper, peer), server: false, clock.GetUtcNow()) is { } problem) throw Refused(problem);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer && p.Side == PeerSide.Lower, call.CancellationToken);
        if (row is null || row.RevokedAt is not null) throw Refused("revoked");
        if (row.QuarantinedAt is not null) throw Refused("quarantined");
        if (certificate.SerialNumber == row.Serial)
        {
            if (row.PriorSerial.Length == 0) return peer;
            row.PriorSerial = "";
            await db.SaveChangesAsync(call.CancellationToken);
            return peer;
        }
        if (certificate.SerialNumber == row.PriorSerial) return peer;
        await incidents.Tell(LinkIncident.OldCertificate, peer, call.Peer, call.CancellationToken);
        throw Refused("an earlier certificate");
    }

    /// <summary>The session that a further call of a peer belongs to.</summary>
    /// <exception cref="RpcException">It has ended, or another has taken its place.</exception>
    public async Task<Connections.Connection> Join(ServerCallContext call)
    {
        var peer = await Enter(call);
        var fence = call.RequestHeaders.GetValue("fence");
        return connections.Of(peer) is { } connection && fence == connection.Fence.ToString(CultureInfo.InvariantCulture) ? connection : throw new RpcException(new Status(StatusCode.FailedPrecondition, "no such session"));
    }

    /// <summary>Makes a session the one of its peer.</summary>
    /// <returns>Its number, or why there is none.</returns>
    public async Task<(long Fence, EndReason? Refusal)> TakeOver(Guid peer, Hello hello, string from, CancellationToken ct)
    {
        var boot = hello.BootId.ToString("x16", CultureInfo.InvariantCulture);
        var cloned = false;
        var shutOut = false;
        var fence = 0L;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            var now = clock.GetUtcNow();
            // Takes the row's lock first: whatever an earlier session still writes comes before or is refused.
            await db.Peers.Where(p => p.Id == peer).ExecuteUpdateAsync(s => s.SetProperty(p => p.Fence, p => p.Fence + 1), ct);
            var row = await db.Peers.FirstAsync(p => p.Id == peer, ct);
            fence = row.Fence;
            (cloned, shutOut) = NoteBoot(row, boot, now);
            row.Build = hello.Build.Length > 60 ? hello.Build[..60] : hello.Build;
            row.SkewMs = (hello.Time - PlainStatements.Micros(now)) / 1000;
            (row.LastSeenAt, row.LeaseUntil) = (now, now + Lease);
        }, ct);
        if (cloned) await incidents.Tell(shutOut ? LinkIncident.Quarantined : LinkIncident.Cloned, peer, from, ct);
        return shutOut ? (0, EndReason.Quarantined) : (fence, null);
    }

    /// <summary>A peer said that it is there.</summary>
    public async Task Renew(Guid peer, long fence, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + Lease;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        if (await db.Peers.Where(p => p.Id == peer && p.Fence == fence && p.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.LastSeenAt, now).SetProperty(p => p.LeaseUntil, until), ct) != 1)
            throw new Keep.FenceLostException();
    }

    /// <summary>A process that restarts comes with a new number and goes on; one that comes back after another took over shows that there are two.</summary>
    private static (bool Cloned, bool ShutOut) NoteBoot(PeerRow row, string boot, DateTimeOffset now)
    {
        if (row.BootId == boot) return (false, false);
        var prior = row.PriorBootIds.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var cloned = prior.Remove(boot);
        if (row.BootId.Length > 0) prior.Insert(0, row.BootId);
        row.BootId = boot;
        row.PriorBootIds = string.Join(' ', prior.Take(MostBootIds));
        if (!cloned) return (false, false);
        if (row.FlipsSince is not { } since || since + FlipTime < now) (row.FlipsSince, row.Flips) = (now, 0);
        row.Flips++;
        if (row.Flips < MostFlips) return (true, false);
        row.QuarantinedAt = now;
        return (true, true);
    }

    private static Guid? PeerIn(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, Guid upper)
    {
        var start = $"juming://{upper:N}/lower/";
        foreach (var name in LinkCertificates.NamesIn(certificate))
            if (name.StartsWith(start, StringComparison.Ordinal) && Guid.TryParseExact(name[start.Length..], "N", out var peer)) return peer;
        return null;
    }

    private static RpcException Refused(string reason) => new(new Status(StatusCode.Unauthenticated, reason));
}
