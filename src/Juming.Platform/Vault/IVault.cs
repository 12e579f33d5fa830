using Juming.Platform.Handlers;

namespace Juming.Platform.Vault;

/// <summary>
/// Keeps secrets that the program must present again: passwords of devices, seeds, keys of channels. Each is sealed under a key of its own, bound to
/// where it belongs. No endpoint or page reads one back; every opening is audited with its purpose.
/// </summary>
public interface IVault
{
    /// <summary>Seals a secret and returns its identity.</summary>
    /// <param name="place">Where it belongs; a sealed secret that is moved elsewhere no longer opens.</param>
    /// <param name="secret">At most 16 KiB of UTF-8.</param>
    /// <param name="ct">Cancels.</param>
    Task<Guid> Keep(SecretPlace place, Secret secret, CancellationToken ct);

    /// <summary>Puts another value in its place; the identity stays.</summary>
    /// <exception cref="SecretGoneException">There is no such secret.</exception>
    Task Replace(Guid id, Secret secret, CancellationToken ct);

    /// <summary>Forgets it; nothing happens when it is gone already.</summary>
    Task Remove(Guid id, CancellationToken ct);

    /// <summary>Opens it for one use, and records who did so for what.</summary>
    /// <param name="id">Identity.</param>
    /// <param name="place">Where the caller expects it to belong.</param>
    /// <param name="purpose">Stable code of the use, "linkage.sign-in".</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SecretGoneException">There is no such secret, it belongs elsewhere, or its seal is broken.</exception>
    Task<Secret> Open(Guid id, SecretPlace place, string purpose, CancellationToken ct);
}

/// <summary>Where a secret belongs; part of its seal.</summary>
/// <param name="Module">Name of the module that owns it.</param>
/// <param name="Object">Identity of what it is for: a device, a channel.</param>
/// <param name="Field">Which of its secrets: "password", "totp".</param>
public sealed record SecretPlace(string Module, string Object, string Field);

/// <summary>A secret can't be had.</summary>
/// <param name="reason">Why: "missing", "elsewhere", "seal" or "key".</param>
public sealed class SecretGoneException(string reason) : Exception($"The secret can't be opened ({reason}): enter it again.")
{
    /// <summary>Why: "missing", "elsewhere", "seal" (changed in the database) or "key" (the vault's key is another one).</summary>
    public string Reason { get; } = reason;
}
