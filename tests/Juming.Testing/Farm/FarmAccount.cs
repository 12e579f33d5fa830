namespace Juming.Testing.Farm;

/// <summary>What an account may do on a device.</summary>
public enum FarmRole
{
    /// <summary>Everything.</summary>
    Administrator,

    /// <summary>Looks on; the buttons that change something are disabled.</summary>
    ReadOnly,
}

/// <summary>An account of a simulated device. <paramref name="TotpSeed"/> is Base32, null where the device has no second step.</summary>
public sealed record FarmAccount(string User, string Password, FarmRole Role, string? TotpSeed = null);
