using System.Numerics;

namespace Juming.Site.Incidents.Grouping;

/// <summary>ATT&amp;CK tactics in the order of an attack, as bits.</summary>
internal static class Tactics
{
    /// <summary>Identities from reconnaissance to impact.</summary>
    public static readonly string[] Order =
    [
        "TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0006", "TA0007", "TA0008", "TA0009", "TA0011", "TA0010", "TA0040",
    ];

    // What an intruder does from inside: its other end is a place the victim talks to, not another intruder at the door.
    private static readonly int Inside = MaskOf(["TA0003", "TA0004", "TA0005", "TA0007", "TA0008", "TA0009", "TA0011", "TA0010", "TA0040"]);

    /// <summary>One bit for each known tactic.</summary>
    public static int MaskOf(IEnumerable<string> tactics)
    {
        var mask = 0;
        foreach (var tactic in tactics)
            if (Array.IndexOf(Order, tactic) is var at and >= 0) mask |= 1 << at;
        return mask;
    }

    /// <summary>Identities of a mask in their order.</summary>
    public static IEnumerable<string> Of(int mask) => Order.Where((_, i) => (mask & (1 << i)) != 0);

    /// <summary>All tactics of the mask are those of someone who is inside.</summary>
    public static bool IsInside(int mask) => mask != 0 && (mask & ~Inside) == 0;

    /// <summary>Place of the last tactic of a mask, -1 for none.</summary>
    public static int Last(int mask) => mask == 0 ? -1 : BitOperations.Log2((uint)mask);

    public static int Count(int mask) => BitOperations.PopCount((uint)mask);
}
