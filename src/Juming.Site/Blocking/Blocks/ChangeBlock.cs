using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Drive;
using Juming.Site.Blocking.Limits;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Blocks;

/// <summary>Takes a block away from all its devices before its time.</summary>
internal sealed record LiftBlock(Guid Id, string Reason) : ICommand<Guid>, INeeds<BlockingWrite>;

/// <summary>Lets a block end later; never beyond a year from now.</summary>
internal sealed record ExtendBlock(Guid Id, int Minutes) : ICommand<Done>, INeeds<BlockingWrite>;

/// <summary>Tries again where a device failed, and puts back what vanished.</summary>
internal sealed record RetryBlock(Guid Id) : ICommand<Done>, INeeds<BlockingWrite>;

/// <summary>Reads the devices now.</summary>
internal sealed record CheckBlock(Guid Id) : ICommand<Done>, INeeds<BlockingWrite>;

file sealed class LiftValidator : AbstractValidator<LiftBlock>
{
    public LiftValidator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(r => r is null || !r.Any(char.IsControl)).WithMessage("A reason is one line.");
}

file sealed class ExtendValidator : AbstractValidator<ExtendBlock>
{
    public ExtendValidator() => RuleFor(c => c.Minutes).InclusiveBetween(1, 525_600);
}

file sealed class Handler(BlockingDb db, BlockTurn turn, IProtectedAddresses book, CircuitBreaker breaker, CurrentActor current, TimeProvider clock)
    : ICommandHandler<LiftBlock, Guid>, ICommandHandler<ExtendBlock, Done>, ICommandHandler<RetryBlock, Done>, ICommandHandler<CheckBlock, Done>
{
    private static readonly BlockState[] Failing = [BlockState.Failed, BlockState.RemoveFailed, BlockState.Drifted, BlockState.Unknown];
    private static readonly BlockState[] Readable = [BlockState.Verified, BlockState.Drifted, BlockState.Unknown, BlockState.Set];

    public async Task<Result<Guid>> Handle(LiftBlock request, CancellationToken cancellationToken)
    {
        using (await turn.Enter(cancellationToken))
        {
            if (await db.Entries.FirstOrDefaultAsync(e => e.Id == request.Id, cancellationToken) is not { } entry) return BlockingErrors.NoSuchEntry;
            if (entry.Ended) return BlockingErrors.AlreadyOver;
            // Lifting twice is asking twice for the same; the first reason stays.
            if (entry.LiftedAt is not null) return entry.Id;
            var now = clock.GetUtcNow();
            (entry.LiftedAt, entry.LiftedBy, entry.LiftReason) = (now, current.Actor.Name, request.Reason.Trim());
            var devices = await db.DevicesOf(entry.Id, cancellationToken);
            devices.ForEach(d => d.End(now));
            db.Settle(entry, devices, now);
            await db.SaveChangesAsync(cancellationToken);
        }
        await breaker.NoteLift(cancellationToken);
        turn.Ring();
        return request.Id;
    }

    public async Task<Result<Done>> Handle(ExtendBlock request, CancellationToken cancellationToken)
    {
        return await Change(request.Id, async (entry, devices, now) =>
        {
            if (entry.LiftedAt is not null || entry.Until <= now) return BlockingErrors.AlreadyOver;
            // What has become protected since is not blocked for longer.
            if ((await book.Check(entry.Target, cancellationToken)) is { Refusal: not null } check) return BlockDesk.Refusal(check, new BlockWish { Key = "", Target = entry.Target, Reason = "", By = "" })!;
            var (until, most) = (entry.Until.AddMinutes(request.Minutes), now.AddDays(365));
            entry.Until = until < most ? until : most;
            return null;
        }, cancellationToken);
    }

    public Task<Result<Done>> Handle(RetryBlock request, CancellationToken cancellationToken) => Change(request.Id, (entry, devices, now) =>
    {
        var failing = devices.FindAll(d => Failing.Contains(d.State));
        if (failing.Count == 0) return Task.FromResult<Error?>(BlockingErrors.NothingToRetry);
        var isOver = entry.LiftedAt is not null || entry.Until <= now;
        foreach (var device in failing)
        {
            if (isOver) device.Intend(BlockState.Expired, now, lookFirst: true);
            else device.Again(now);
        }
        return Task.FromResult<Error?>(null);
    }, cancellationToken);

    public Task<Result<Done>> Handle(CheckBlock request, CancellationToken cancellationToken) => Change(request.Id, (_, devices, now) =>
    {
        foreach (var device in devices.Where(d => Readable.Contains(d.State))) (device.NextAt, device.Version) = (now, device.Version + 1);
        return Task.FromResult<Error?>(null);
    }, cancellationToken);

    private async Task<Result<Done>> Change(Guid id, Func<EntryRow, List<OnDeviceRow>, DateTimeOffset, Task<Error?>> change, CancellationToken ct)
    {
        using (await turn.Enter(ct))
        {
            if (await db.Entries.FirstOrDefaultAsync(e => e.Id == id, ct) is not { } entry) return BlockingErrors.NoSuchEntry;
            if (entry.Ended) return BlockingErrors.AlreadyOver;
            var (devices, now) = (await db.DevicesOf(id, ct), clock.GetUtcNow());
            if (await change(entry, devices, now) is { } error) return error;
            db.Settle(entry, devices, now);
            await db.SaveChangesAsync(ct);
        }
        turn.Ring();
        return Done.Value;
    }
}
