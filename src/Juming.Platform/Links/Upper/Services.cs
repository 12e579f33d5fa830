using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Links.Upper;

/// <summary>What a caller without a certificate may ask. A few at a time: each answer costs a signature and a commit.</summary>
internal sealed class EnrolmentService(EnrolmentDesk desk, Authority authority, LinkDoor door) : Enrolment.EnrolmentBase
{
    private static readonly SemaphoreSlim AtOnce = new(4, 4);

    public override async Task<AuthorityReply> Authority(AuthorityRequest request, ServerCallContext context) =>
        new() { Certificate = ByteString.CopyFrom((await authority.Get(context.CancellationToken)).Certificate.RawData) };

    public override async Task<EnrolReply> Enrol(EnrolRequest request, ServerCallContext context)
    {
        if (!door.MayKnock(context.Peer) || !await AtOnce.WaitAsync(TimeSpan.FromSeconds(2), context.CancellationToken)) throw new RpcException(new Status(StatusCode.ResourceExhausted, "busy"));
        try
        {
            var (reply, refusal) = await desk.Enrol(request, context.Peer, context.CancellationToken);
            return reply ?? throw new RpcException(new Status(StatusCode.PermissionDenied, refusal.ToString()!));
        }
        finally
        {
            AtOnce.Release();
        }
    }
}

/// <summary>Holds a peer's session.</summary>
internal sealed class SessionService(LinkDoor door, Connections connections, Admission admission, LeaseBook leases, EnrolmentDesk desk, BulkShelves shelves, LinksSettings settings, TimeProvider clock) : Session.SessionBase
{
    private const uint Protocol = 1;
    private const int MostWordsALease = 600;

    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(10);

    public override async Task<EnrolReply> Renew(RenewRequest request, ServerCallContext context)
    {
        var peer = await door.Enter(context);
        if (!door.MayOpen(peer)) throw Busy();
        var (reply, refusal) = await desk.Renew(peer, request.SigningRequest.ToByteArray(), context.CancellationToken);
        return reply ?? throw new RpcException(new Status(StatusCode.PermissionDenied, refusal.ToString()!));
    }

    public override async Task Open(IAsyncStreamReader<LowerFrame> requestStream, IServerStreamWriter<UpperFrame> responseStream, ServerCallContext context)
    {
        var peer = await door.Enter(context);
        if (!door.MayOpen(peer)) throw Busy();
        try
        {
            await Open(peer, requestStream, responseStream, context);
        }
        catch (LinkBreachException e)
        {
            await door.Breach(peer, context.Peer, e.What, CancellationToken.None);
            await responseStream.WriteAsync(new UpperFrame { Ended = new Ended { Reason = EndReason.Protocol } }, CancellationToken.None);
        }
    }

    private async Task Open(Guid peer, IAsyncStreamReader<LowerFrame> from, IServerStreamWriter<UpperFrame> to, ServerCallContext context)
    {
        var hello = await First(from, context.CancellationToken);
        if (hello.ProtocolMin > Protocol || hello.ProtocolMax < Protocol)
        {
            await to.WriteAsync(new UpperFrame { Ended = new Ended { Reason = EndReason.Protocol } }, context.CancellationToken);
            return;
        }
        var began = clock.GetTimestamp();
        var (fence, refusal) = await door.TakeOver(peer, hello, context.Peer, context.CancellationToken);
        admission.Took(clock.GetElapsedTime(began));
        if (refusal is { } reason)
        {
            await to.WriteAsync(new UpperFrame { Ended = new Ended { Reason = reason } }, context.CancellationToken);
            return;
        }
        using var connection = new Connections.Connection(peer, fence, hello.BootId, context.CancellationToken);
        connections.Enter(connection);
        try
        {
            await to.WriteAsync(
                new UpperFrame { Welcome = new Welcome { Protocol = Protocol, Fence = fence, Time = PlainStatements.Micros(clock.GetUtcNow()), LeaseSeconds = (uint)settings.LeaseSeconds } }, context.CancellationToken);
            await Hold(connection, from, to);
        }
        finally
        {
            connections.Leave(connection);
            if (connection.Reason is { } ended && !context.CancellationToken.IsCancellationRequested)
                // All that are let go at once come back spread over as long as it takes to let them in.
                await to.WriteAsync(new UpperFrame { Ended = new Ended { Reason = ended, RetryAfterSeconds = ended == EndReason.Drained ? admission.SecondsFor(connections.Count) : 0 } }, context.CancellationToken);
            connection.End(EndReason.Drained);
        }
    }

    private async Task Hold(Connections.Connection connection, IAsyncStreamReader<LowerFrame> from, IServerStreamWriter<UpperFrame> to)
    {
        var (words, began, renewed) = (0, clock.GetTimestamp(), 0L);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(connection.Ended);
        var heard = Word(from, ending.Token);
        try
        {
            // Whoever comes back is told what is newest; it may have slept through a change.
            connection.News.Ring();
            var news = connection.News.Next(ending.Token);
            while (true)
            {
                if (await Task.WhenAny(heard, news) == news)
                {
                    await news;
                    news = connection.News.Next(ending.Token);
                    if (await shelves.HeadHash(ending.Token) is { } head) await to.WriteAsync(new UpperFrame { Nudge = new Nudge { Head = ByteString.CopyFrom(head) } }, connection.Ended);
                    continue;
                }
                if (!await heard || from.Current.FrameCase == LowerFrame.FrameOneofCase.Goodbye) return;
                if (from.Current.FrameCase == LowerFrame.FrameOneofCase.Hello) throw new LinkBreachException("hello");
                heard = Word(from, ending.Token);
                if (clock.GetElapsedTime(began) > settings.Lease) (words, began) = (0, clock.GetTimestamp());
                if (++words > MostWordsALease) throw new LinkBreachException("flood");
                // Each renewal is a commit: more of them than keep the lease alive are left alone.
                if (renewed != 0 && clock.GetElapsedTime(renewed) < settings.Lease / 10) continue;
                renewed = clock.GetTimestamp();
                await leases.Renew(connection.Peer, connection.Fence, connection.Ended);
                await to.WriteAsync(new UpperFrame { Lease = new Lease { Seconds = (uint)settings.LeaseSeconds } }, connection.Ended);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or Keep.FenceLostException)
        {
            // Ended from here, gone, or silent for a whole lease: what follows is the same.
            if (e is Keep.FenceLostException) connection.End(EndReason.TakenOver);
        }
        finally
        {
            await ending.CancelAsync();
            // A pending read on a stream that was given back to its pool would spoil the next call.
            await ((Task)heard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the peer's next word, at most a lease.</summary>
    private async Task<bool> Word(IAsyncStreamReader<LowerFrame> from, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(settings.Lease);
        return await Next(from, patience.Token);
    }

    private static async Task<Hello> First(IAsyncStreamReader<LowerFrame> from, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(FirstWord);
        try
        {
            if (!await Next(from, patience.Token) || from.Current.FrameCase != LowerFrame.FrameOneofCase.Hello) throw new LinkBreachException("hello");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "hello expected"));
        }
        var hello = from.Current.Hello;
        return hello.BootId != 0 && hello.Build.Length <= 200 && hello.Capabilities.Count <= 100 ? hello : throw new LinkBreachException("hello");
    }

    private static Task<bool> Next(IAsyncStreamReader<LowerFrame> from, CancellationToken ct) => Unreadable.Guard(from.MoveNext(ct));

    private static RpcException Busy() => new(new Status(StatusCode.ResourceExhausted, "busy"));
}

/// <summary>Synchronises a peer's topics while its session lasts.</summary>
internal sealed class SyncService(LinkDoor door, LinkTopics topics, ILinkAlarms alarms, TimeProvider clock) : Contracts.Link.Sync.SyncBase
{
    public override async Task Run(IAsyncStreamReader<SyncFrame> requestStream, IServerStreamWriter<SyncFrame> responseStream, ServerCallContext context)
    {
        var connection = await door.Join(context);
        // Two at once would write with the same fence.
        if (!connection.BeginSync()) throw new RpcException(new Status(StatusCode.FailedPrecondition, "it is synchronised already"));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(connection.Ended, context.CancellationToken);
        try
        {
            await new SyncRun(topics.ForLower(connection.Peer, connection.Fence), requestStream, responseStream, connection.Wake, clock, alarms).Run(both.Token);
        }
        catch (LinkBreachException e)
        {
            await door.Breach(connection.Peer, context.Peer, e.What, CancellationToken.None);
            connection.End(EndReason.Protocol);
            throw new RpcException(new Status(StatusCode.InvalidArgument, "not this protocol"));
        }
        catch (Exception e) when (e is OperationCanceledException or Keep.FenceLostException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "the session ended"));
        }
        finally
        {
            connection.EndSync();
        }
    }
}
