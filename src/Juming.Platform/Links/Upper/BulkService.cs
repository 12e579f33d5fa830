using System.Buffers;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Microsoft.AspNetCore.Connections.Features;

namespace Juming.Platform.Links.Upper;

/// <summary>Gives content to peers, by its hash.</summary>
internal sealed class BulkService(LinkDoor door, Connections connections, BulkShelves shelves, BulkTurns turns) : Bulk.BulkBase
{
    private const int Chunk = 64 * 1024;

    public override async Task<HeadReply> Head(HeadRequest request, ServerCallContext context)
    {
        await door.Enter(context);
        if (shelves.Shelf is not { } shelf || await shelf.Head(context.CancellationToken) is not { } head) throw new RpcException(new Status(StatusCode.NotFound, "nothing is published"));
        if (request.Known.Span.SequenceEqual(head.Hash)) return new HeadReply { Same = true };
        var reply = new HeadReply { RootVersion = (ulong)head.RootVersion, Timestamp = ByteString.CopyFrom(head.Timestamp) };
        reply.Own.AddRange(head.Own.Select(o => ByteString.CopyFrom(o)));
        return reply;
    }

    public override async Task<RootReply> Root(RootRequest request, ServerCallContext context)
    {
        await door.Enter(context);
        var root = shelves.Shelf is { } shelf && request.Version is > 0 and <= int.MaxValue ? await shelf.Root((long)request.Version, context.CancellationToken) : null;
        return new RootReply { Root = root is null ? ByteString.Empty : ByteString.CopyFrom(root) };
    }

    public override async Task Get(BlobRequest request, IServerStreamWriter<BlobChunk> responseStream, ServerCallContext context)
    {
        var peer = await door.Enter(context);
        if (request.Sha256.Length != SHA256.HashSizeInBytes || request.Offset > long.MaxValue) throw new RpcException(new Status(StatusCode.InvalidArgument, "a SHA-256 and an offset expected"));
        if (!turns.TryEnter(peer)) throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many at once"));
        try
        {
            await using var content = shelves.Shelf is { } shelf ? await shelf.Open(request.Sha256.Memory, context.CancellationToken) : null;
            if (content is null || (long)request.Offset > content.Length) throw new RpcException(new Status(StatusCode.NotFound, "gone"));
            content.Position = (long)request.Offset;
            using var call = connections.Begin(peer, context.CancellationToken);
            await SendWhileWelcome(content, responseStream, call, context);
        }
        finally
        {
            turns.Leave(peer);
        }
    }

    /// <summary>Sends until all is sent or the peer is shut out: what was written and has not left yet goes with the connection.</summary>
    private static async Task SendWhileWelcome(Stream content, IServerStreamWriter<BlobChunk> to, Connections.Call call, ServerCallContext context)
    {
        try
        {
            await Send(content, to, call.Ended);
        }
        catch (OperationCanceledException) when (call.IsShutOut)
        {
            context.GetHttpContext().Features.Get<IConnectionLifetimeFeature>()?.Abort();
            throw new RpcException(new Status(StatusCode.Unauthenticated, "revoked"));
        }
    }

    private static async Task Send(Stream content, IServerStreamWriter<BlobChunk> to, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            while (await content.ReadAsync(buffer.AsMemory(0, Chunk), ct) is > 0 and var read) await to.WriteAsync(new BlobChunk { Data = ByteString.CopyFrom(buffer, 0, read) }, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
