using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Vault;

/// <summary>Change the vault's keys. No role holds it: it is for the administrator at the machine, who owns the key's file anyway.</summary>
public sealed class VaultKeysWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "vault.keys.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [];
}
