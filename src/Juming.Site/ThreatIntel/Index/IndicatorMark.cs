using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>What is known of an indicator at once, in eight bytes: record, kind, severity, confidence, expiry. Never zero, so that zero says "none".</summary>
/// <param name="Bits">Record in bits 0 to 31, kind in 32 to 35, severity in 36 to 38, exact in 39, confidence in 40 to 46, last day in 48 to 63.</param>
internal readonly record struct IndicatorMark(ulong Bits)
{
    private const int NoEnd = 0xFFFF;

    // Sixteen bits of days last until 2199.
    private static readonly DateOnly FirstDay = new(2020, 1, 1);

    public IndicatorMark(uint record, IndicatorKind kind, int severity, int confidence, DateOnly? lastDay, bool exact)
        : this(record | ((ulong)(byte)kind << 32) | ((ulong)Math.Clamp(severity, 0, 7) << 36) | (exact ? 1UL << 39 : 0) | ((ulong)Math.Clamp(confidence, 0, 100) << 40) | ((ulong)Days(lastDay) << 48))
    {
    }

    /// <summary>Place among the values.</summary>
    public uint Record => (uint)Bits;

    public IndicatorKind Kind => (IndicatorKind)((Bits >> 32) & 0xF);

    /// <summary>0 to 7, 7 the gravest.</summary>
    public int Severity => (int)(Bits >> 36) & 7;

    /// <summary>A domain that does not stand for the names below it.</summary>
    public bool IsExact => (Bits >> 39 & 1) != 0;

    /// <summary>0 to 100.</summary>
    public int Confidence => (int)(Bits >> 40) & 0x7F;

    /// <summary>Last day on which it counts; null for no end.</summary>
    public DateOnly? LastDay => (Bits >> 48) == NoEnd ? null : FirstDay.AddDays((int)(Bits >> 48));

    public static IndicatorMark None => default;

    public bool IsNone => Bits == 0;

    private static int Days(DateOnly? day) => day is { } d ? Math.Clamp(d.DayNumber - FirstDay.DayNumber, 0, NoEnd - 1) : NoEnd;
}
