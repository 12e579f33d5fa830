namespace Juming.Site.DeviceLinkage;

/// <summary>Runs recipes on registered devices, for playbooks.</summary>
public interface IDeviceConsoles
{
    /// <summary>Devices in the register.</summary>
    Task<IReadOnlyList<ConsoleDevice>> Devices(CancellationToken ct);

    /// <summary>Runs a recipe on a device. Waits for its turn: one run at a time on a device.</summary>
    /// <param name="order">What to run where.</param>
    /// <param name="ct">Cancels; a run that is past its point of no return goes on to its read-back.</param>
    Task<RecipeOutcome> Run(RecipeOrder order, CancellationToken ct);

    /// <summary>Paths of the pictures of a run's film, in order; empty when it has none.</summary>
    Task<IReadOnlyList<string>> Pictures(Guid run, CancellationToken ct);
}

/// <summary>A device with a web console.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Group">Group; empty for none.</param>
/// <param name="Capabilities">What it can be asked for: "block-ip", "restart-service".</param>
/// <param name="Unable">Code of why it can't be driven at the moment; null when it can.</param>
public sealed record ConsoleDevice(Guid Id, string Name, string Group, IReadOnlyList<string> Capabilities, string? Unable);

/// <summary>A recipe to be run.</summary>
/// <param name="Device">The device.</param>
/// <param name="Capability">What is wanted: "block-ip", "read-status".</param>
/// <param name="Key">Identity of the effect; the same key never does it twice.</param>
/// <param name="Inputs">The recipe's inputs.</param>
/// <param name="Rehearsal">True goes up to the point of no return and no further.</param>
public sealed record RecipeOrder(Guid Device, string Capability, string Key, IReadOnlyDictionary<string, string> Inputs, bool Rehearsal = false);

/// <summary>What became of a run.</summary>
/// <param name="Run">Identity; its film shows each step.</param>
/// <param name="Verified">The read-back proved it; null when there was nothing to prove.</param>
/// <param name="Changed">The device was changed; null when nobody knows.</param>
/// <param name="Failure">Code of why it failed; null when it did not.</param>
/// <param name="Step">The step that failed.</param>
/// <param name="Outputs">What it read; attacker-controlled.</param>
public sealed record RecipeOutcome(Guid Run, bool? Verified, bool? Changed, string? Failure, string? Step, IReadOnlyDictionary<string, string> Outputs);
