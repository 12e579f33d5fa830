using System.Globalization;
using Juming.Platform.Vault;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>Where the secrets of devices belong in the vault.</summary>
internal static class DeviceSecrets
{
    public static SecretPlace Place(Guid device, bool password) => new("linkage", device.ToString("D", CultureInfo.InvariantCulture), password ? "password" : "totp");
}
