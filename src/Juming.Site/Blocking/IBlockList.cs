using System.Text.Json.Serialization;
using Juming.Platform.Events;
using Juming.Platform.Handlers;

namespace Juming.Site.Blocking;

/// <summary>The one block list over all devices, for playbooks and pages of other modules.</summary>
public interface IBlockList
{
    /// <summary>Wants a target blocked. The same key again returns the entry that is there.</summary>
    /// <returns>The entry's identity, or why it is refused: protected, too wide, limits, no device.</returns>
    Task<Result<Guid>> Want(BlockWish wish, CancellationToken ct);

    /// <summary>Takes an entry away from all its devices before its time.</summary>
    Task<Result<Guid>> Lift(Guid entry, string reason, string by, CancellationToken ct);

    /// <summary>How an entry stands on each device; null when there is none.</summary>
    Task<BlockStanding?> Look(Guid entry, CancellationToken ct);

    /// <summary>What a wish would do, without doing it.</summary>
    Task<BlockForecast> Foresee(BlockWish wish, CancellationToken ct);
}

/// <summary>What is to be blocked, where, why, and until when.</summary>
public sealed record BlockWish
{
    /// <summary>Identity of the wish.</summary>
    public required string Key { get; init; }

    /// <summary>Address or range as it was given.</summary>
    public required string Target { get; init; }

    /// <summary>Devices by identity; empty chooses by <see cref="Group"/>.</summary>
    public IReadOnlyList<Guid> Devices { get; init; } = [];

    /// <summary>All devices of this group; empty with no devices named means all that can block.</summary>
    public string Group { get; init; } = "";

    /// <summary>How long, 1 minute to 365 days; null takes the step for the offence: 1, 7, then 30 days.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Why, in a person's or playbook's words, at most 500 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>Incident it belongs to.</summary>
    public Guid? Incident { get; init; }

    /// <summary>Run of a playbook that wants it.</summary>
    public Guid? Run { get; init; }

    /// <summary>Who wants it, by name; "system" for the program.</summary>
    public required string By { get; init; }

    /// <summary>True when no person decided: rate limits and the circuit breaker hold.</summary>
    public bool Automatic { get; init; }

    /// <summary>True when two people agreed to it; without it nothing wider than /24 is blocked, and an automatic wish never is.</summary>
    public bool TwoAgreed { get; init; }
}

/// <summary>How a block stands on a device, or over all of them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum BlockState
{
    /// <summary>Wanted, not yet begun.</summary>
    Wanted,

    /// <summary>The device is being driven.</summary>
    Applying,

    /// <summary>The device said yes; not yet read back.</summary>
    Set,

    /// <summary>Read back from the device.</summary>
    Verified,

    /// <summary>It did not come about.</summary>
    Failed,

    /// <summary>It broke off, and reading the device has not settled yet whether it is set.</summary>
    Unknown,

    /// <summary>It was verified and is no longer on the device, though nobody here took it away.</summary>
    Drifted,

    /// <summary>Its time is over; it is being taken away.</summary>
    Expired,

    /// <summary>Taken away, and read back that it is gone.</summary>
    Removed,

    /// <summary>It could not be taken away; a person must look.</summary>
    RemoveFailed,
}

/// <summary>How an entry stands.</summary>
/// <param name="State">Over all devices: the least good.</param>
/// <param name="Devices">On each.</param>
/// <param name="Until">When it ends.</param>
public sealed record BlockStanding(BlockState State, IReadOnlyList<BlockOnDevice> Devices, DateTimeOffset Until);

/// <summary>How an entry stands on a device.</summary>
/// <param name="Device">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="State">How far.</param>
/// <param name="Failure">Code of why it failed.</param>
/// <param name="Run">Run whose film shows it.</param>
/// <param name="At">When it was last read or tried.</param>
public sealed record BlockOnDevice(Guid Device, string Name, BlockState State, string? Failure, Guid? Run, DateTimeOffset? At);

/// <summary>What a wish would do.</summary>
/// <param name="Target">Target in normal form; null when it can't be read.</param>
/// <param name="Refusal">Code of why it would be refused.</param>
/// <param name="Entry">Protected entry that it touches.</param>
/// <param name="Devices">Devices it would be set on.</param>
/// <param name="For">How long.</param>
/// <param name="Already">True when it is blocked already: only the end would move.</param>
public sealed record BlockForecast(string? Target, string? Refusal, string? Entry, IReadOnlyList<BlockDevice> Devices, TimeSpan For, bool Already);

/// <summary>An entry reached another state over all its devices.</summary>
/// <param name="Entry">Identity.</param>
/// <param name="Key">Key of the wish.</param>
/// <param name="Target">What is blocked.</param>
/// <param name="State">The new state.</param>
/// <param name="At">When.</param>
[EventName("blocking.moved", 1)]
public sealed record BlockMoved(Guid Entry, string Key, string Target, BlockState State, DateTimeOffset At) : IModuleEvent;

/// <summary>Somebody or something tried to block what is protected.</summary>
/// <param name="Target">As it was given, cut at 100 characters; attacker-controlled.</param>
/// <param name="Refusal">Code of why it was refused.</param>
/// <param name="Entry">Protected entry that it touches.</param>
/// <param name="By">Who tried.</param>
/// <param name="At">When.</param>
[EventName("blocking.protected-refused", 1)]
public sealed record ProtectedBlockRefused(string Target, string Refusal, string? Entry, string By, DateTimeOffset At) : IModuleEvent;
