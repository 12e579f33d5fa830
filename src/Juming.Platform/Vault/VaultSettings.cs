namespace Juming.Platform.Vault;

/// <summary>Where the vault's key comes from.</summary>
public sealed class VaultSettings
{
    /// <summary>
    /// File with the key that wraps all others: 32 bytes, or their Base64. Empty: the systemd credential <c>juming-vault-key</c> where there is one, else
    /// <c>keys/vault.key</c> in the data folder, made on first start.
    /// </summary>
    public string KeyFile { get; set; } = "";
}
