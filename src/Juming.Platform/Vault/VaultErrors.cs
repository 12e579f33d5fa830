using Juming.Platform.Handlers;

namespace Juming.Platform.Vault;

/// <summary>Refusals of the vault.</summary>
internal static class VaultErrors
{
    /// <summary>The vault's key can't be used.</summary>
    public static readonly Error KeyMissing = new(ErrorKind.Unavailable, "vault.key-missing", "The vault's key is missing or is another one; doctor says what to do.");

    /// <summary>There is no loss to make good.</summary>
    public static readonly Error KeyIsThere = new(ErrorKind.Conflict, "vault.key-is-there", "The vault's key is there and fits; rotate turns the keys below it.");

    /// <summary>The file is somebody else's, and so is the next one.</summary>
    public static readonly Error NextMissing = new(ErrorKind.Conflict, "vault.next-missing", "The vault's key comes from {file}: put the new key at {next}, run this again, then move it over {file}.");

    /// <summary>The file is somebody else's.</summary>
    public static readonly Error KeyIsElsewhere = new(ErrorKind.Conflict, "vault.key-is-elsewhere", "The vault's key comes from {file}; put a key there yourself.");
}
