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
internal sealed class LinkDoor(IServiceScopeFactory scopes, Authority authority, Connections connections, ILinkIncidents incidents, PeerNews news, LinksSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan FlipTime = TimeSpan.FromMinutes(10);
    private const int MostFlips = 3;
    private const int MostOpeningsAMinute = 60;
    private const int MostBootIds = 16;

    private const int MostKnocksAMinute = 60;

    private readonly PerMinute<Guid> _openings = new();
    private readonly PerMinute<string> _knocks = new();

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

    /// <summary>A peer did what none in order does; one that goes on is shut out until somebody looks.</summary>
    public async Task Breach(Guid peer, string from, string what, CancellationToken ct)
    {
        var shutOut = false;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ =>
        {
            if (await db.Peers.FirstOrDefaultAsync(p => p.Id == peer, ct) is { } row) shutOut = Strike(row, clock.GetUtcNow());
        }, ct);
        await incidents.Tell(LinkIncident.Breach, peer, from, ct, what);
        if (!shutOut) return;
        await incidents.Tell(LinkIncident.Quarantined, peer, from, ct, what);
        connections.ShutOut(peer, EndReason.Quarantined);
    }

    /// <summary>Whether a peer may open one more session now: each costs a commit.</summary>
    public bool MayOpen(Guid peer) => _openings.Take(peer, clock, MostOpeningsAMinute);

    /// <summary>Whether somebody without a certificate may try a token now.</summary>
    /// <param name="from">Address with port, as gRPC writes it.</param>
    public bool MayKnock(string from) => _knocks.Take(from[..Math.Max(0, from.LastIndexOf(':'))], clock, MostKnocksAMinute);

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
            (row.LastSeenAt, row.LeaseUntil) = (now, now + settings.Lease);
        }, ct);
        await news.Tell(peer, ct);
        if (shutOut) connections.ShutOut(peer, EndReason.Quarantined);
        if (cloned) await incidents.Tell(shutOut ? LinkIncident.Quarantined : LinkIncident.Cloned, peer, from, ct);
        return shutOut ? (0, EndReason.Quarantined) : (fence, null);
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
        return (true, Strike(row, now));
    }

    /// <summary>Counts what no peer in order does; true when that was once too often.</summary>
    private static bool Strike(PeerRow row, DateTimeOffset now)
    {
        if (row.FlipsSince is not { } since || since + FlipTime < now) (row.FlipsSince, row.Flips) = (now, 0);
        if (++row.Flips < MostFlips) return false;
        row.QuarantinedAt = now;
        return true;
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
