using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Drive;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Blocks;

/// <summary>One block with its devices.</summary>
internal sealed record GetBlock(Guid Id) : IQuery<BlockDossier>, INeeds<BlockingRead>;

/// <summary>One block in a list.</summary>
internal sealed record BlockView(Guid Id, string Target, BlockState State, string Reason, Guid? Incident, Guid? Run, string By, bool Automatic, int Offence, DateTimeOffset Since, DateTimeOffset Until, DateTimeOffset? LiftedAt, string LiftedBy, string LiftReason, bool Ended, int Devices, int Verified)
{
    public static BlockView Of(EntryRow row, IReadOnlyCollection<BlockState> devices) =>
        new(row.Id, row.Target, row.State, row.Reason, row.Incident, row.Run, row.By, row.Automatic, row.Offence, row.Since, row.Until, row.LiftedAt, row.LiftedBy, row.LiftReason, row.Ended, devices.Count, devices.Count(d => d == BlockState.Verified));
}

/// <summary>A block, how it stands on each device, and the wishes that it came from.</summary>
internal sealed record BlockDossier(BlockView Block, IReadOnlyList<DeviceStanding> Devices, IReadOnlyList<WishView> Wishes);

/// <summary>How a block stands on a device.</summary>
/// <param name="Device">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="State">How far.</param>
/// <param name="Failure">Code of why it failed.</param>
/// <param name="Run">Run whose film shows it.</param>
/// <param name="Film">Path of the page that shows the run; null when nothing does.</param>
/// <param name="At">When it was last read or tried.</param>
/// <param name="NextAt">When it is looked at again; null when nothing is due.</param>
internal sealed record DeviceStanding(Guid Device, string Name, BlockState State, string? Failure, Guid? Run, string? Film, DateTimeOffset? At, DateTimeOffset? NextAt);

/// <summary>Who wished for it.</summary>
internal sealed record WishView(string By, bool Automatic, DateTimeOffset At);

file sealed class Handler(BlockingDb db, IEnumerable<IBlockExecutor> executors) : IQueryHandler<GetBlock, BlockDossier>
{
    private const int MostWishes = 50;

    public async Task<Result<BlockDossier>> Handle(GetBlock request, CancellationToken cancellationToken)
    {
        if (await db.Entries.AsNoTracking().FirstOrDefaultAsync(e => e.Id == request.Id, cancellationToken) is not { } entry) return BlockingErrors.NoSuchEntry;
        var devices = await db.DevicesOf(entry.Id, cancellationToken);
        var wishes = await db.Wishes.AsNoTracking().Where(w => w.EntryId == entry.Id).OrderByDescending(w => w.At).Take(MostWishes).ToListAsync(cancellationToken);
        return new BlockDossier(BlockView.Of(entry, [.. devices.Select(d => d.State)]),
            [.. devices.Select(d => new DeviceStanding(d.DeviceId, d.Device, d.State, d.Failure, d.Run, FilmOf(d.Run), d.At, d.State is BlockState.Failed or BlockState.Removed or BlockState.RemoveFailed ? null : d.NextAt))],
            [.. wishes.Select(w => new WishView(w.By, w.Automatic, w.At))]);
    }

    // Only a path of this site: what an executor says becomes a link.
    private string? FilmOf(Guid? run) => run is { } id && executors.Select(e => e.Film(id)).FirstOrDefault(p => p is not null) is ['/', not '/', ..] path ? path : null;
}
