using System.Globalization;
using System.Text;
using Juming.Platform.Modules;

namespace Juming.Platform.Access.Audit;

/// <summary>Where the chain ends: number of entries and hash of the last.</summary>
internal readonly record struct ChainEnd(long Count, string Hash)
{
    public static readonly ChainEnd Empty = new(0, AuditChain.Start);
}

/// <summary>
/// The chain's end in a file of its own beside the database, so that entries cut off or added behind the program's back are seen.
/// The end that the next commit will reach is written and flushed first: after a crash the table ends at one of the two.
/// </summary>
internal sealed class AuditHead(TierContext tier)
{
    /// <summary>Its name.</summary>
    public const string FileName = "audit.head";

    private readonly string _file = Path.Combine(tier.DataFolder, FileName);

    public void Write(ChainEnd now, ChainEnd next, bool flush)
    {
        // One short line padded to a fixed length: overwriting it in place is a single-sector write.
        var line = string.Create(CultureInfo.InvariantCulture, $"{now.Count} {now.Hash} {next.Count} {next.Hash}").PadRight(255) + "\n";
        using var file = File.OpenHandle(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(line), 0);
        if (flush) RandomAccess.FlushToDisk(file);
    }

    /// <summary>The two ends that the table may have, or null when there is no (readable) file.</summary>
    public (ChainEnd Now, ChainEnd Next)? Read()
    {
        if (!File.Exists(_file)) return null;
        var parts = File.ReadAllText(_file).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 4 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var now) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var next)
            ? (new ChainEnd(now, parts[1]), new ChainEnd(next, parts[3]))
            : null;
    }
}
