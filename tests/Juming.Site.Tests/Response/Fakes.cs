using System.Collections.Concurrent;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Approvals;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage;

namespace Juming.Site.Tests.Response;

/// <summary>People who answer as the test says. Keeps what was asked; the same key is asked once.</summary>
internal sealed class FakeApprovals : IApprovalDesk
{
    public ConcurrentDictionary<Guid, (ApprovalRequest Request, ApprovalStanding Standing)> Asked { get; } = new();

    /// <summary>Answers at once; null leaves questions open.</summary>
    public ApprovalState? AtOnce { get; set; }

    public Task<Guid> Ask(ApprovalRequest request, CancellationToken ct)
    {
        var there = Asked.FirstOrDefault(a => a.Value.Request.Key == request.Key);
        if (there.Value.Request is not null) return Task.FromResult(there.Key);
        var id = Guid.CreateVersion7();
        Asked[id] = (request, new ApprovalStanding(AtOnce ?? ApprovalState.Asked, AtOnce is null ? "" : "approver", "", null));
        return Task.FromResult(id);
    }

    public Task Withdraw(Guid approval, string reason, CancellationToken ct)
    {
        Answer(approval, ApprovalState.Withdrawn);
        return Task.CompletedTask;
    }

    public Task<ApprovalStanding?> Look(Guid approval, CancellationToken ct) => Task.FromResult(Asked.TryGetValue(approval, out var found) ? found.Standing : null);

    public ApprovalRequest Answer(Guid approval, ApprovalState state)
    {
        var (request, _) = Asked[approval];
        Asked[approval] = (request, new ApprovalStanding(state, "approver", "", TimeProvider.System.GetUtcNow()));
        return request;
    }
}

/// <summary>A block list over two devices that set at once. It keeps every wish, so that a test sees what was done twice.</summary>
internal sealed class FakeBlocks : IBlockList
{
    public static readonly Error Protected = new(ErrorKind.Conflict, "blocking.protected", "This address is protected: {entry}.");

    public ConcurrentDictionary<Guid, (BlockWish Wish, BlockState State)> Entries { get; } = new();

    public ConcurrentQueue<string> Wanted { get; } = new();

    public HashSet<string> ProtectedTargets { get; } = ["10.0.0.1"];

    /// <summary>State in which new entries stand.</summary>
    public BlockState Becomes { get; set; } = BlockState.Verified;

    public Task<Result<Guid>> Want(BlockWish wish, CancellationToken ct)
    {
        Wanted.Enqueue(wish.Key);
        if (ProtectedTargets.Contains(wish.Target)) return Task.FromResult<Result<Guid>>(Protected.With("entry", "gateway"));
        var there = Entries.FirstOrDefault(e => e.Value.Wish.Key == wish.Key);
        if (there.Value.Wish is not null) return Task.FromResult<Result<Guid>>(there.Key);
        var id = Guid.CreateVersion7();
        Entries[id] = (wish, Becomes);
        return Task.FromResult<Result<Guid>>(id);
    }

    public Task<Result<Guid>> Lift(Guid entry, string reason, string by, CancellationToken ct)
    {
        Entries[entry] = (Entries[entry].Wish, BlockState.Removed);
        return Task.FromResult<Result<Guid>>(entry);
    }

    public Task<BlockStanding?> Look(Guid entry, CancellationToken ct) => Task.FromResult(Entries.TryGetValue(entry, out var found)
        ? new BlockStanding(found.State, [new BlockOnDevice(Guid.Empty, "fw-1", found.State, found.State == BlockState.Failed ? "wrong-password" : null, null, null)], TimeProvider.System.GetUtcNow().AddDays(1)) : null);

    public Task<BlockForecast> Foresee(BlockWish wish, CancellationToken ct) => Task.FromResult(ProtectedTargets.Contains(wish.Target)
        ? new BlockForecast(wish.Target, "protected", "gateway", [], TimeSpan.FromDays(1), false)
        : new BlockForecast(wish.Target, wish.Target.Length == 0 ? "unreadable" : null, null, [new BlockDevice(Guid.Empty, "fw-1", "boundary", null, null), new BlockDevice(Guid.Empty, "waf-1", "boundary", null, "unreachable")], wish.For ?? TimeSpan.FromDays(1), false));

    public void Set(string target, BlockState state)
    {
        foreach (var (id, entry) in Entries.Where(e => e.Value.Wish.Target == target)) Entries[id] = (entry.Wish, state);
    }
}

/// <summary>Keeps notices.</summary>
internal sealed class FakeNotices : INotices
{
    public ConcurrentQueue<Notice> Posted { get; } = new();

    public Task Post(Notice notice, CancellationToken ct)
    {
        Posted.Enqueue(notice);
        return Task.CompletedTask;
    }
}

/// <summary>One device that restarts services.</summary>
internal sealed class FakeConsoles : IDeviceConsoles
{
    public static readonly ConsoleDevice Device = new(Guid.Parse("0197a000-0000-7000-8000-000000000001"), "core-switch", "core", ["restart-service", "read-status", "isolate-host", "release-host", "disable-account", "enable-account"], null);

    public ConcurrentQueue<RecipeOrder> Orders { get; } = new();

    /// <summary>Whether its list proved the last change; null where the recipe reads nothing back.</summary>
    public bool? Proves { get; set; } = true;

    public Task<IReadOnlyList<ConsoleDevice>> Devices(CancellationToken ct) => Task.FromResult<IReadOnlyList<ConsoleDevice>>([Device]);

    public Task<RecipeOutcome> Run(RecipeOrder order, CancellationToken ct)
    {
        Orders.Enqueue(order);
        return Task.FromResult(new RecipeOutcome(Guid.NewGuid(), Proves, true, null, null, new Dictionary<string, string> { ["status"] = "up" }));
    }

    public Task<IReadOnlyList<string>> Pictures(Guid run, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([$"/api/linkage/runs/{run}/pictures/01-before.jpg"]);
}
