using Juming.Platform.Links.Egress.Ledger;

namespace Juming.Platform.Links;

/// <summary>A ledger of what left, as an auditor took it away.</summary>
public static class ExportedLedger
{
    /// <summary>Verifies it, without the host that it came from.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <exception cref="InvalidDataException">It is no exported ledger.</exception>
    public static LedgerVerdict Verify(IEnumerable<string> lines) => ExportedForm.Verify(lines, []);

    /// <summary>The same, and holds against it what the host above holds of it.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="held">Lines of the file that the host above exported.</param>
    /// <exception cref="InvalidDataException">One of the two is no such file.</exception>
    public static LedgerVerdict Verify(IEnumerable<string> lines, IEnumerable<string> held) => ExportedForm.Verify(lines, ExportedForm.Held(held));
}

/// <summary>What verification found.</summary>
/// <param name="Intact">Nothing was changed.</param>
/// <param name="Entries">Entries that were looked at.</param>
/// <param name="Head">Hash of the last of them.</param>
/// <param name="SignedHeads">Signed ends of days that fit.</param>
/// <param name="At">The first bad entry.</param>
/// <param name="Reason">Why it is bad: "edited", "missing", "content", "head", "signature", "cut-off", or "held" when the host above holds something else.</param>
/// <param name="HeldDays">Days that the host above holds the same of; 0 where that was not asked.</param>
public sealed record LedgerVerdict(bool Intact, long Entries, string Head, int SignedHeads, long? At = null, string? Reason = null, int HeldDays = 0);
