using Juming.Contracts.Egress;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>Says whether a day that a peer tells follows what is kept of it.</summary>
internal static class HeldJudge
{
    /// <summary>Judges.</summary>
    /// <param name="told">What it tells; its day and hash are in order.</param>
    /// <param name="day">Days since 1970.</param>
    /// <param name="same">What is kept of the same day from before; null when nothing is.</param>
    /// <param name="latest">The latest day that is kept; null when none is.</param>
    public static HeldState Of(LedgerHead told, int day, HeldHeadRow? same, HeldHeadRow? latest)
    {
        // Who once signed whole statements does not come without one again.
        if (told.Key.IsEmpty && told.Statement.IsEmpty && (latest is null || latest.PointXy.Length == 0)) return same is not null ? HeldState.Rewritten : latest?.Day > day ? HeldState.Branched : HeldState.Unproven;
        if (!LedgerStatement.IsSigned(told)) return HeldState.NotSigned;
        if (same is not null) return HeldState.Rewritten;
        if (latest is null) return HeldState.First;
        if (latest.PointXy.Length > 0 && !told.Key.Span.SequenceEqual(latest.PointXy)) return HeldState.KeyChanged;
        if (day < latest.Day || told.Entries < (ulong)latest.Last) return HeldState.Branched;
        var previous = LedgerStatement.DayOf(told.PreviousDay);
        if (previous is null || previous < latest.Day) return HeldState.Branched;
        if (previous > latest.Day) return HeldState.Missing;
        return told.PreviousHash.Span.SequenceEqual(latest.Hash) && told.Entries - told.DayEntries == (ulong)latest.Last ? HeldState.Continues : HeldState.Branched;
    }
}
