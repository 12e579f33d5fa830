using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.DataProtection;

namespace Juming.Platform.Access.Audit;

/// <summary>Where the chain ends: number of entries and hash of the last.</summary>
internal readonly record struct ChainEnd(long Count, string Hash)
{
    public static readonly ChainEnd Empty = new(0, AuditChain.Start);
}

/// <summary>What does not fit between the table and the head file: why ("cut-off", "added", "edited", "no-head") and from which entry on.</summary>
internal sealed record ChainBreak(string Reason, long At)
{
    /// <summary>Action of the entry that records a break for good.</summary>
    public const string Action = "AuditChainBroken";

    /// <summary>Action of the entry with which root vouches for a chain whose head was not known.</summary>
    public const string SealAction = "AuditChainSealed";

    /// <summary>There is no head file that this host has sealed.</summary>
    public const string NoHead = "no-head";

    /// <summary>The break between the ends that the head file allows and the end of the table, or null when they fit.</summary>
    public static ChainBreak? Of((ChainEnd Now, ChainEnd Next)? known, ChainEnd found)
    {
        if (known is not { } ends) return new ChainBreak(NoHead, found.Count);
        if (found == ends.Now || found == ends.Next) return null;
        if (found.Count < ends.Now.Count) return new ChainBreak("cut-off", found.Count + 1);
        return found.Count > ends.Next.Count ? new ChainBreak("added", ends.Next.Count + 1) : new ChainBreak("edited", found.Count);
    }
}

/// <summary>
/// The chain's end in a file of its own beside the database, so that entries cut off or added behind the program's back are seen.
/// The end that the next commit will reach is written and flushed first: after a crash the table ends at one of the two.
/// A seal made with the host's key ring keeps the file from being rewritten by hand.
/// </summary>
internal sealed class AuditHead(TierContext tier, IDataProtectionProvider protection)
{
    /// <summary>Its name.</summary>
    public const string FileName = "audit.head";

    // One sector with its line end: overwriting it in place is a single write.
    private const int Length = 511;

    private readonly string _file = Path.Combine(tier.DataFolder, FileName);
    private readonly IDataProtector _seal = protection.CreateProtector("juming.access.audit-head");

    public bool Exists => File.Exists(_file);

    public void Write(ChainEnd now, ChainEnd next, bool flush)
    {
        var line = Text(now, next).PadRight(Length) + "\n";
        using var file = File.OpenHandle(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(line), 0);
        if (flush) RandomAccess.FlushToDisk(file);
    }

    /// <summary>The two ends that the table may have, or null when there is no file that this host has sealed.</summary>
    public (ChainEnd Now, ChainEnd Next)? Read() => Exists ? Read(File.ReadAllText(_file)) : null;

    /// <summary>Both ends with their seal.</summary>
    public string Text(ChainEnd now, ChainEnd next)
    {
        var ends = string.Create(CultureInfo.InvariantCulture, $"{now.Count} {now.Hash} {next.Count} {next.Hash}");
        return $"{ends} {Convert.ToBase64String(_seal.Protect(HashOf(ends)))}";
    }

    /// <summary>The ends of a text, or null when this host has not sealed it.</summary>
    public (ChainEnd Now, ChainEnd Next)? Read(string text)
    {
        var parts = text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 5 && IsSealed(string.Join(' ', parts[..4]), parts[4])
            && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var now) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var next)
            ? (new ChainEnd(now, parts[1]), new ChainEnd(next, parts[3]))
            : null;
    }

    private bool IsSealed(string ends, string seal)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(_seal.Unprotect(Convert.FromBase64String(seal)), HashOf(ends));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private static byte[] HashOf(string ends) => SHA256.HashData(Encoding.ASCII.GetBytes(ends));
}
