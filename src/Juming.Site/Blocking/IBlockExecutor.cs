namespace Juming.Site.Blocking;

/// <summary>A kind of device that can block: a web console by recipe, an interface, a command line. The block list drives all of them alike.</summary>
public interface IBlockExecutor
{
    /// <summary>Devices of this kind that can block now, and those that can't with the reason.</summary>
    Task<IReadOnlyList<BlockDevice>> Devices(CancellationToken ct);

    /// <summary>Sets a block and reads it back. The same order again changes nothing.</summary>
    Task<BlockOutcome> Block(BlockOrder order, CancellationToken ct);

    /// <summary>Takes a block away and reads back that it is gone.</summary>
    Task<BlockOutcome> Unblock(BlockOrder order, CancellationToken ct);

    /// <summary>Only reads whether the target is blocked: after a broken-off order, and for drift.</summary>
    Task<BlockOutcome> Look(BlockOrder order, CancellationToken ct);

    /// <summary>
    /// Reads the device's list once for many targets, so that a long list is not asked for entry by entry; null where this kind of device is asked one by
    /// one, or the list could not be read.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="targets">Addresses or ranges in normal form; at least one.</param>
    /// <param name="ct">Cancels.</param>
    Task<BlockSurvey?> Survey(Guid device, IReadOnlyList<string> targets, CancellationToken ct) => Task.FromResult<BlockSurvey?>(null);

    /// <summary>Path of the page that shows a run of this kind, from the root; null when the run is not its own, or nothing shows it.</summary>
    string? Film(Guid run) => null;
}

/// <summary>A device that blocks.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Group">Group, such as "boundary"; empty for none.</param>
/// <param name="Capacity">Entries that its table takes; null when unknown.</param>
/// <param name="Unable">Code of why it can't block at the moment; null when it can.</param>
public sealed record BlockDevice(Guid Id, string Name, string Group, int? Capacity, string? Unable);

/// <summary>One block on one device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Key">Identity of the effect; the same key never does it twice.</param>
/// <param name="Target">Address or range in normal form.</param>
/// <param name="Minutes">How long, for devices that keep time themselves; null until it is taken away.</param>
/// <param name="Comment">Short text for the device's own list, ASCII, at most 60 characters.</param>
/// <param name="Rehearsal">True goes up to the point of no return and no further.</param>
public sealed record BlockOrder(Guid Device, string Key, string Target, int? Minutes, string Comment, bool Rehearsal = false);

/// <summary>What one reading of a device's list says.</summary>
/// <param name="Present">Targets that are in the list, and the list is in force. Any other must be looked at by itself before it counts as absent.</param>
/// <param name="Run">Identity of the run whose film shows it; null when there is none.</param>
public sealed record BlockSurvey(IReadOnlySet<string> Present, Guid? Run);

/// <summary>What the device's own list says after an order.</summary>
public enum BlockReading
{
    /// <summary>Nothing could be read.</summary>
    Unknown,

    /// <summary>The target is in the list, and the list is in force.</summary>
    Present,

    /// <summary>The target is not in the list.</summary>
    Absent,
}

/// <summary>What became of an order.</summary>
/// <param name="Reading">What was read back; the only thing that proves anything.</param>
/// <param name="Changed">True when this order changed the device; null when nobody knows.</param>
/// <param name="Failure">Code of why it did not succeed, "capacity-full", "wrong-password", "page-changed", "unreachable"; null when it did.</param>
/// <param name="Detail">Arguments of the failure's text; attacker-controlled.</param>
/// <param name="Run">Identity of the run whose film shows it; null when there is none.</param>
/// <param name="Reference">What the device calls the entry, for taking it away; null when it has no such name.</param>
public sealed record BlockOutcome(BlockReading Reading, bool? Changed, string? Failure, IReadOnlyDictionary<string, string> Detail, Guid? Run, string? Reference = null);
