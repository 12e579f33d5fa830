using System.Security.Cryptography;
using Juming.Platform.Modules;

namespace Juming.Platform.Vault.Sealing;

/// <summary>The file with the key that wraps the data keys. It is read at each use, so that no key stays in memory and a file that is put back works at once.</summary>
internal sealed class KeyFile
{
    /// <summary>Name below the data folder; a backup leaves it out.</summary>
    public const string OwnName = "keys/vault.key";

    private const string Credential = "juming-vault-key";
    private const int LongestFile = 256;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public KeyFile(VaultSettings settings, TierContext tier)
    {
        var own = Path.Combine(tier.DataFolder, OwnName);
        var credentials = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        Location = settings.KeyFile.Length > 0 ? settings.KeyFile
            : credentials is { Length: > 0 } && File.Exists(Path.Combine(credentials, Credential)) ? Path.Combine(credentials, Credential)
            : own;
        IsOwn = Location == own;
    }

    /// <summary>Where it is.</summary>
    public string Location { get; }

    /// <summary>It lies in the data folder, where this program may make it.</summary>
    public bool IsOwn { get; }

    /// <summary>Something lies there.</summary>
    public bool Exists => File.Exists(Location);

    /// <summary>Others than its owner may do something with it.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && Exists && (File.GetUnixFileMode(Location) & Others) != 0;

    /// <summary>The key; null when the file is missing, can't be read or holds something else.</summary>
    public byte[]? Read()
    {
        try
        {
            var file = new FileInfo(Location);
            if (!file.Exists || file.Length > LongestFile) return null;
            var bytes = File.ReadAllBytes(Location);
            return bytes.Length == Seal.KeyBytes ? bytes : FromText(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the own file, durable before anything is sealed under it; one that appears meanwhile is left as it is.</summary>
    public void Make()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Location)!);
        var part = $"{Location}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var key = RandomNumberGenerator.GetBytes(Seal.KeyBytes);
        try
        {
            using (var file = new FileStream(part, options))
            {
                // Text, so that it can be printed and kept in a safe.
                file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"));
                file.Flush(flushToDisk: true);
            }
            if (!Exists) File.Move(part, Location);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            File.Delete(part);
        }
    }

    /// <summary>Tells keys apart without telling anything of them.</summary>
    public static string MarkOf(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, "juming vault key"u8))[..16];

    private static byte[]? FromText(byte[] bytes)
    {
        var key = new byte[Seal.KeyBytes + 1];
        return Convert.TryFromBase64String(System.Text.Encoding.ASCII.GetString(bytes).Trim(), key, out var count) && count == Seal.KeyBytes ? key[..count] : null;
    }
}
