using System.Collections.Frozen;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Blocks;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Blocking;

/// <summary>The face of the block list for other modules: each call is a command or query of its own, with its audit line.</summary>
internal sealed class BlockList(IServiceScopeFactory scopes) : IBlockList
{
    private static readonly FrozenSet<string> Rights = FrozenSet.Create(BlockingRead.Code, BlockingWrite.Code);

    public Task<Result<Guid>> Want(BlockWish wish, CancellationToken ct) => Send(Caller(wish), new WantBlock(wish), ct);

    public Task<Result<Guid>> Lift(Guid entry, string reason, string by, CancellationToken ct) => Send(Actor.System with { Name = by }, new LiftBlock(entry, reason), ct);

    public async Task<BlockStanding?> Look(Guid entry, CancellationToken ct)
    {
        var found = await Send(Actor.System, new GetBlock(entry), ct);
        return found.Succeeded ? new BlockStanding(found.Value.Block.State, [.. found.Value.Devices.Select(d => new BlockOnDevice(d.Device, d.Name, d.State, d.Failure, d.Run, d.At))], found.Value.Block.Until) : null;
    }

    public async Task<BlockForecast> Foresee(BlockWish wish, CancellationToken ct) => (await Send(Caller(wish), new ForeseeBlock(wish), ct)) is { Succeeded: true } seen
        ? seen.Value : new BlockForecast(null, "unreadable", null, [], wish.For ?? TimeSpan.Zero, false);

    private static Actor Caller(BlockWish wish) => wish.Run is { } run
        ? new Actor(ActorKind.PlaybookRun, run.ToString(), wish.By, Rights, [Scope.All]) : Actor.System with { Name = wish.By };

    private async Task<Result<T>> Send<T>(Actor actor, MediatR.IRequest<Result<T>> request, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(actor, request, ct);
    }
}
