using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Drive;

/// <summary>Steps of an entry and of its devices that no device is asked for.</summary>
internal static class Progress
{
    /// <summary>Failure of a device that said yes while its list does not show the target.</summary>
    public const string NotInList = "not-in-list";

    // From good to least good.
    private static readonly BlockState[] Order =
        [BlockState.Removed, BlockState.Verified, BlockState.Set, BlockState.Wanted, BlockState.Applying, BlockState.Expired, BlockState.Unknown, BlockState.Drifted, BlockState.Failed, BlockState.RemoveFailed];

    public static BlockState LeastGood(IEnumerable<BlockState> states) => Order[states.Select(s => Array.IndexOf(Order, s)).DefaultIfEmpty(0).Max()];

    /// <summary>Brings the entry in line with its devices, and tells others when it stands differently now.</summary>
    public static void Settle(this BlockingDb db, EntryRow entry, IReadOnlyCollection<OnDeviceRow> devices, DateTimeOffset now)
    {
        var state = LeastGood(devices.Select(d => d.State));
        (entry.UpdatedAt, entry.Version) = (now, entry.Version + 1);
        entry.Ended = state == BlockState.Removed;
        if (entry.State == state) return;
        entry.State = state;
        db.Publish(new BlockMoved(entry.Id, entry.Key, entry.Target, state, now));
    }

    public static Task<List<OnDeviceRow>> DevicesOf(this BlockingDb db, Guid entry, CancellationToken ct) => db.OnDevices.Where(d => d.EntryId == entry).OrderBy(d => d.Device).ToListAsync(ct);

    /// <summary>A new intention for a device, with a key of its own.</summary>
    public static void Intend(this OnDeviceRow row, BlockState state, DateTimeOffset now, bool lookFirst = false)
    {
        (row.State, row.Begun, row.NextAt) = (state, lookFirst, now);
        (row.Effect, row.Tries, row.Failure) = (row.Effect + 1, 0, null);
        row.Version++;
    }

    /// <summary>The block is to go. What was never ordered is gone at once; what may be on the device is looked for first.</summary>
    public static void End(this OnDeviceRow row, DateTimeOffset now)
    {
        switch (row.State)
        {
            case BlockState.Verified:
                row.Intend(BlockState.Expired, now);
                break;
            case BlockState.Wanted when row is { Begun: false, Tries: 0, PutBack: 0 }:
            case BlockState.Failed when row.Failure != NotInList:
                (row.State, row.At, row.Version) = (BlockState.Removed, now, row.Version + 1);
                break;
            case BlockState.Removed or BlockState.Expired:
                break;
            default:
                row.Intend(BlockState.Expired, now, lookFirst: true);
                break;
        }
    }

    /// <summary>Wanted again, by a person or a new wish.</summary>
    public static void Again(this OnDeviceRow row, DateTimeOffset now)
    {
        switch (row.State)
        {
            case BlockState.Failed or BlockState.Drifted or BlockState.Removed:
                row.Intend(BlockState.Wanted, now);
                break;
            case BlockState.Expired or BlockState.RemoveFailed:
                // It may still be on the device; that decides whether anything must be done.
                row.Intend(BlockState.Unknown, now);
                break;
            case BlockState.Unknown or BlockState.Set:
                (row.NextAt, row.Tries, row.Version) = (now, 0, row.Version + 1);
                break;
            default:
                break;
        }
    }
}
