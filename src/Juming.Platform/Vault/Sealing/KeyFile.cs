using System.Security.Cryptography;
using Juming.Platform.Modules;

namespace Juming.Platform.Vault.Sealing;

/// <summary>The file with the key that wraps the data keys. It is read at each use, so that no key stays in memory and a file that is put back works at once.</summary>
internal sealed class KeyFile
{
    /// <summary>Name below the data folder; a backup leaves it out.</summary>
    public const string OwnName = "keys/vault.key";

    /// <summary>What the name of the key has behind it that is to take its place.</summary>
    public const string NextSuffix = ".next";

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

    /// <summary>Where the key lies that is to take its place. While it is there, both open.</summary>
    public string NextLocation => Location + NextSuffix;

    /// <summary>It lies in the data folder, where this program may make it.</summary>
    public bool IsOwn { get; }

    /// <summary>Something lies there.</summary>
    public bool Exists => File.Exists(Location);

    /// <summary>Others than its owner may do something with it.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && Exists && (File.GetUnixFileMode(Location) & Others) != 0;

    /// <summary>The key; null when the file is missing, can't be read or holds something else.</summary>
    public byte[]? Read() => ReadAt(Location);

    /// <summary>The key that is to take its place; null when there is none.</summary>
    public byte[]? ReadNext() => ReadAt(NextLocation);

    /// <summary>The key to seal with: one that is to take the place is the one that stays.</summary>
    public byte[]? Newest() => ReadNext() ?? Read();

    /// <summary>The key with a mark; null when neither has it.</summary>
    public byte[]? Find(string mark)
    {
        if (Read() is { } present && MarkOf(present) == mark) return present;
        return ReadNext() is { } next && MarkOf(next) == mark ? next : null;
    }

    /// <summary>Makes the key that is to take the place, durable before anything is sealed under it.</summary>
    public void MakeNext() => Make(NextLocation);

    /// <summary>Lets it take the place; the old key is gone.</summary>
    public void TakeNext() => File.Move(NextLocation, Location, overwrite: true);

    private static byte[]? ReadAt(string location)
    {
        try
        {
            var file = new FileInfo(location);
            if (!file.Exists || file.Length > LongestFile) return null;
            var bytes = File.ReadAllBytes(location);
            return bytes.Length == Seal.KeyBytes ? bytes : FromText(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the own file, durable before anything is sealed under it; one that appears meanwhile is left as it is.</summary>
    public void Make() => Make(Location);

    private static void Make(string location)
    {
        var key = RandomNumberGenerator.GetBytes(Seal.KeyBytes);
        // Text, so that it can be printed and kept in a safe.
        Put(location, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"), replace: false);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Puts a file for its owner alone there whole and durable, or not at all.</summary>
    public static void Put(string location, byte[] content, bool replace)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(location)!);
        var part = $"{location}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(part, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            if (replace || !File.Exists(location)) File.Move(part, location, replace);
        }
        finally
        {
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
