using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>A field as a rule names it, with the places where an event may hold it, best first.</summary>
internal sealed class Slot(int index, string name, ushort[] places)
{
    /// <summary>Number within the rule set.</summary>
    public int Index { get; } = index;

    /// <summary>Name in the rules.</summary>
    public string Name { get; } = name;

    /// <summary>Field numbers to try; empty for the whole message.</summary>
    public ushort[] Places { get; } = places;

    /// <summary>The slot stands for the raw line and, where that is JSON, all values of the event.</summary>
    public bool IsMessage => Places.Length == 0;

    /// <summary>Field that is the event time, whose value lies in the header.</summary>
    public bool IsTimestamp { get; } = Array.IndexOf(places, Field.Timestamp) == 0;
}

/// <summary>One value of a slot: where its bytes are, and where its folded copy and its characters are once somebody asked.</summary>
internal struct SlotValue
{
    public int Offset;
    public int Length;
    public int Lower;
    public int Chars;
    public int CharCount;
}

/// <summary>What is known about a slot for the event at hand.</summary>
internal struct SlotState
{
    public int Stamp;
    public int First;
    public int Count;
    public ushort Field;
}
