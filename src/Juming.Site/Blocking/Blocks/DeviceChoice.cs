using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Blocks;

/// <summary>Chooses the devices of a wish: those named, those of a group, or all that can.</summary>
internal sealed class DeviceChoice(BlockingDb db, BlockingSettings settings)
{
    private static readonly BlockState[] OffTheTable = [BlockState.Removed, BlockState.Failed];

    /// <summary>Devices that will take it; those named that can't at present are among them with their reason.</summary>
    /// <param name="wish">Names devices or a group.</param>
    /// <param name="devices">All devices there are.</param>
    /// <param name="entry">Entry that is there already: its devices have room for it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<IReadOnlyList<BlockDevice>>> Of(BlockWish wish, IEnumerable<BlockDevice> devices, Guid? entry, CancellationToken ct)
    {
        var all = devices.ToList();
        var named = wish.Devices.Distinct().ToHashSet();
        var chosen = named.Count > 0 ? all.FindAll(d => named.Contains(d.Id)) : wish.Group.Length > 0 ? all.FindAll(d => d.Group == wish.Group) : all;
        if (named.Count > 0 && chosen.Count < named.Count) return BlockingErrors.NoSuchDevice;
        var able = chosen.FindAll(d => d.Unable is null);
        if (able.Count == 0) return BlockingErrors.NoDevice;
        var roomy = new List<BlockDevice>();
        foreach (var device in able)
            if (await HasRoom(device, entry, ct)) roomy.Add(device);
        if (roomy.Count == 0) return BlockingErrors.DevicesFull;
        if (named.Count > 0) roomy.AddRange(chosen.Except(roomy).Select(d => d with { Unable = d.Unable ?? "table-full" }));
        return roomy;
    }

    private async Task<bool> HasRoom(BlockDevice device, Guid? entry, CancellationToken ct)
    {
        if (device.Capacity is not { } capacity) return true;
        var taken = await db.OnDevices.CountAsync(d => d.DeviceId == device.Id && d.EntryId != entry && !OffTheTable.Contains(d.State), ct);
        return taken < Math.Max(1, (long)capacity * settings.TablePercent / 100);
    }
}
