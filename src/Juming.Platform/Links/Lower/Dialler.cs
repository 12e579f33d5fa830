using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Http;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;
using Juming.Platform.Links.Sync;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Lower;

/// <summary>Keeps the connection to the host above: dials, holds the session, synchronises, renews the certificate, and after each end waits a random while, longer each time.</summary>
internal sealed partial class Dialler(
    Membership membership, DialSeat seat, LinkTopics topics, LinkStatus status, UpperWake wake, OutboundSettings outbound, UpperBulk bulk, IServiceScopeFactory scopes, ILinkAlarms alarms, ILinkIncidents incidents, TierContext tier, TimeProvider clock, ILogger<Dialler> log) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // A host above that was away for hours has all of those below back within a minute of its return; that many knocks cost it little, see Upper/Admission.
    private static readonly TimeSpan LongestPauseWhileAway = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(5);
    private const int MostWordsAMinute = 600;
    private static readonly TimeSpan RenewAgainAfter = TimeSpan.FromMinutes(10);

    private TimeSpan _pause = FirstPause;
    private long? _askedAt;
    private long _beatAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        try
        {
            while (true)
            {
                if (!await Try(stoppingToken))
                {
                    await Joined(stoppingToken);
                    continue;
                }
                await Pause(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            status.Set(LinkState.Waiting, "stopping");
        }
    }

    /// <summary>Waits until this host joins one above; another node may do that for it, and tells nobody.</summary>
    private async Task Joined(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (seat.IsShared) patience.CancelAfter(DialSeat.Renewal);
        await wake.Joined(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Waits before the next time, longer each time; whoever leaves waits for nothing.</summary>
    private async Task Pause(CancellationToken ct)
    {
        var pause = TimeSpan.FromSeconds(Random.Shared.NextDouble() * _pause.TotalSeconds);
        var longest = status.Now.Problem is "unreachable" or "broken" or "closed" or "drained" or "busy" or "session-ended" or "database" ? LongestPauseWhileAway : LongestPause;
        _pause = _pause * 2 < longest ? _pause * 2 : longest;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct, wake.Left);
        await Task.Delay(pause, clock, waiting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        if (waiting.IsCancellationRequested) _pause = FirstPause;
    }

    /// <summary>Dials once, if there is anybody to dial; whatever comes of it, the next time is as good as this one.</summary>
    private async Task<bool> Try(CancellationToken ct)
    {
        try
        {
            if (await membership.Get(ct) is not { } member)
            {
                status.Set(LinkState.NotJoined);
                return false;
            }
            if (!await seat.Take(member.Upper, ct))
            {
                status.Set(LinkState.Waiting, "other-node");
                // Looked at as often as the holder renews: nothing is dialled, so nobody above is troubled.
                _pause = DialSeat.Renewal;
                return true;
            }
            try
            {
                await Once(member, ct);
            }
            finally
            {
                // Another node may reach the host above where this one can't, and one that stops is followed at once.
                await seat.GiveUp(member.Upper, CancellationToken.None);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // A host that ended here would end with each restart of its database, or at the word of whoever is at the other end.
            LogFailed(log, e);
            status.Set(LinkState.Waiting, DatabaseErrors.IsOutage(e) ? "database" : "failed", e.Message);
        }
        return true;
    }

    private async Task Once(Membership.Held member, CancellationToken ct)
    {
        using var channel = UpperChannel.Of(member, outbound, clock);
        status.Set(LinkState.Connecting);
        try
        {
            await Hold(channel, member, ct);
        }
        catch (RpcException) when (ct.IsCancellationRequested)
        {
            // The library tells a cancelled call in words of its own.
            throw new OperationCanceledException(ct);
        }
        catch (LinkBreachException e)
        {
            _pause = LongestPause;
            status.Set(LinkState.Waiting, "breach", e.What);
            await incidents.Tell(LinkIncident.Breach, member.Upper, member.Url.Authority, ct, e.What);
        }
        catch (RpcException) when (status.Now.State == LinkState.Waiting)
        {
            // The other end said why it ended before the call broke.
            return;
        }
        catch (RpcException e)
        {
            var problem = channel.ClockIsWrong ? "wrong-clock" : channel.Stranger is null ? LinkStatus.ProblemOf(e) : "stranger";
            var detail = channel.Stranger ?? e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail;
            if (status.Now.Problem != problem) LogBroken(log, member.Url, problem, detail);
            status.Set(LinkState.Waiting, problem, detail);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is IOException or OperationCanceledException or Keep.FenceLostException)
        {
            status.Set(LinkState.Waiting, "broken", e.Message);
        }
    }

    private async Task Hold(UpperChannel channel, Membership.Held member, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, wake.Left);
        var client = new Session.SessionClient(channel.Channel);
        using var call = client.Open(cancellationToken: ending.Token);
        await call.RequestStream.WriteAsync(new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, Build = Build, BootId = seat.BootId, Time = PlainStatements.Micros(clock.GetUtcNow()) } }, ending.Token);
        if (!await Unreadable.Guard(call.ResponseStream.MoveNext(ending.Token))) throw new IOException("The host above closed the session at once.");
        if (call.ResponseStream.Current.FrameCase == UpperFrame.FrameOneofCase.Ended)
        {
            Leave(call.ResponseStream.Current.Ended);
            return;
        }
        if (call.ResponseStream.Current.Welcome is not { Protocol: 1, Fence: > 0 } welcome) throw new LinkBreachException("welcome");
        var fence = welcome.Fence;
        await TakeFence(member.Upper, fence, ending.Token);
        status.Set(LinkState.Connected);
        status.Heard();
        status.Learn((welcome.Time - PlainStatements.Micros(clock.GetUtcNow())) / 1000);
        status.Answered(null);
        _pause = FirstPause;
        LogConnected(log, member.Url);
        var reading = Read(call.ResponseStream, ending.Token);
        var beating = Beat(call.RequestStream, client, member, LeaseOf(welcome), ending.Token);
        var syncing = Synchronise(channel, member, fence, ending.Token);
        var sitting = Sit(member.Upper, ending.Token);
        var first = await Task.WhenAny(reading, beating, syncing, sitting);
        await ending.CancelAsync();
        await Task.WhenAll(reading, beating, syncing, sitting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        if (status.Now.State == LinkState.Connected) status.Set(LinkState.Waiting, "closed");
    }

    private async Task Read(IAsyncStreamReader<UpperFrame> from, CancellationToken ct)
    {
        var (words, began) = (0, clock.GetTimestamp());
        while (await Unreadable.Guard(from.MoveNext(ct)))
        {
            status.Heard();
            if (clock.GetElapsedTime(began) > TimeSpan.FromMinutes(1)) (words, began) = (0, clock.GetTimestamp());
            if (++words > MostWordsAMinute) throw new LinkBreachException("flood");
            if (from.Current.FrameCase == UpperFrame.FrameOneofCase.Welcome) throw new LinkBreachException("welcome");
            if (from.Current.FrameCase == UpperFrame.FrameOneofCase.Lease) status.Answered(clock.GetElapsedTime(Volatile.Read(ref _beatAt)));
            if (from.Current.FrameCase == UpperFrame.FrameOneofCase.Nudge) bulk.Told(from.Current.Nudge.Head.ToByteArray());
            if (from.Current.FrameCase != UpperFrame.FrameOneofCase.Ended) continue;
            Leave(from.Current.Ended);
            return;
        }
    }

    private async Task Beat(IClientStreamWriter<LowerFrame> to, Session.SessionClient client, Membership.Held member, TimeSpan lease, CancellationToken ct)
    {
        while (true)
        {
            // Not all at the same moment: a thousand sites were started by the same power coming back.
            await Task.Delay(lease / 3 * (0.8 + (0.4 * Random.Shared.NextDouble())), clock, ct);
            Volatile.Write(ref _beatAt, clock.GetTimestamp());
            await to.WriteAsync(new LowerFrame { Heartbeat = new Heartbeat { Time = PlainStatements.Micros(clock.GetUtcNow()) } }, ct);
            if (!IsHalfOver(member) || !await Renew(client, member, ct)) continue;
            // The new certificate counts from the next connection on, which comes at once.
            return;
        }
    }

    /// <summary>Keeps the seat while the session lasts; ends when it is another node's, or when another node has left the host above.</summary>
    private async Task Sit(Guid upper, CancellationToken ct)
    {
        if (!seat.IsShared) await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct);
        while (await seat.Take(upper, ct))
        {
            // What another node has written to be sent wakes nobody here.
            wake.Bell.Ring();
            await Task.Delay(DialSeat.Renewal, clock, ct);
        }
    }

    private async Task Synchronise(UpperChannel channel, Membership.Held member, long fence, CancellationToken ct)
    {
        using var call = new Contracts.Link.Sync.SyncClient(channel.Channel).Run(new Metadata { { "fence", fence.ToString(System.Globalization.CultureInfo.InvariantCulture) } }, cancellationToken: ct);
        await new SyncRun(topics.ForUpper(member.Upper, fence), call.ResponseStream, call.RequestStream, wake.Bell, clock, alarms).Run(ct);
    }

    private async Task<bool> Renew(Session.SessionClient client, Membership.Held member, CancellationToken ct)
    {
        // One that is refused is good for days yet: asking at each beat would change nothing.
        if (_askedAt is { } asked && clock.GetElapsedTime(asked) < RenewAgainAfter) return false;
        _askedAt = clock.GetTimestamp();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reply = await client.RenewAsync(new RenewRequest { SigningRequest = ByteString.CopyFrom(LinkCertificates.Request(key)) }, cancellationToken: ct);
        if (LinkCertificates.ProblemOfAnswer(reply.Certificate.ToByteArray(), member.Authority, LinkCertificates.NameOf(member.Upper, member.Self), key, clock.GetUtcNow()) is not null) throw new LinkBreachException("certificate");
        await membership.Keep(member.Upper, member.Self, member.Url, member.Authority.RawData, reply.Certificate.ToByteArray(), key, ct);
        bulk.Renew();
        LogRenewed(log);
        return true;
    }

    private static TimeSpan LeaseOf(Welcome welcome) => TimeSpan.FromSeconds(Math.Clamp(welcome.LeaseSeconds, ShortestLease.TotalSeconds, LongestLease.TotalSeconds));

    private bool IsHalfOver(Membership.Held member)
    {
        var (from, to) = (member.Certificate.NotBefore.ToUniversalTime(), member.Certificate.NotAfter.ToUniversalTime());
        return clock.GetUtcNow().UtcDateTime > from + ((to - from) / 2);
    }

    /// <summary>Writes of an earlier session of this host are refused from here on.</summary>
    private async Task TakeFence(Guid upper, long fence, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        await db.SaveWith(async _ => await db.Peers.Where(p => p.Id == upper).ExecuteUpdateAsync(s => s.SetProperty(p => p.Fence, fence), ct), ct);
    }

    private void Leave(Ended ended)
    {
        if (!Enum.IsDefined(ended.Reason)) ended.Reason = EndReason.Unspecified;
        status.Set(LinkState.Waiting, ended.Reason.ToString().ToLowerInvariant());
        if (ended.RetryAfterSeconds > 0) _pause = TimeSpan.FromSeconds(Math.Min(ended.RetryAfterSeconds, LongestPause.TotalSeconds));
        LogEnded(log, ended.Reason);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The link failed; it is tried again")]
    private static partial void LogFailed(ILogger log, Exception error);

    private static string Build => typeof(Dialler).Assembly.GetName().Version?.ToString(3) ?? "";

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected with {Url}")]
    private static partial void LogConnected(ILogger log, Uri url);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The link to {Url} is broken: {Problem} ({Detail})")]
    private static partial void LogBroken(ILogger log, Uri url, string problem, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The host above ended the session: {Reason}")]
    private static partial void LogEnded(ILogger log, EndReason reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The link's certificate was renewed")]
    private static partial void LogRenewed(ILogger log);
}

/// <summary>Tells the dialler that there is something to send, or that this host has joined.</summary>
internal sealed class UpperWake
{
    private readonly Wake _joined = new();
    private CancellationTokenSource _left = new();

    /// <summary>There is something to send.</summary>
    public Wake Bell { get; } = new();

    /// <summary>This host has joined.</summary>
    public void TellJoined() => _joined.Ring();

    /// <summary>Waits for that.</summary>
    public Task Joined(CancellationToken ct) => _joined.Next(ct);

    /// <summary>Ended when this host leaves.</summary>
    public CancellationToken Left => Volatile.Read(ref _left).Token;

    /// <summary>This host has left.</summary>
    public void TellLeft() => Interlocked.Exchange(ref _left, new CancellationTokenSource()).Cancel();
}
