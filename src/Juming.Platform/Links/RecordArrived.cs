using System.Globalization;
using Juming.Platform.Events;

namespace Juming.Platform.Links;

/// <summary>A record of a log came from a neighbouring tier. Handlers see each number of a topic at least once, in order, and do its effect once.</summary>
/// <param name="Peer">The neighbour.</param>
/// <param name="Topic">The topic's number.</param>
/// <param name="Seq">The record's number in the topic.</param>
/// <param name="Type">What the payload is.</param>
/// <param name="Key">What it is about.</param>
/// <param name="At">Microseconds since 1970 UTC at the sender; for people, never for order.</param>
/// <param name="Payload">The message.</param>
[EventName("links.record-arrived", 1)]
public sealed record RecordArrived(Guid Peer, int Topic, long Seq, int Type, string Key, long At, byte[] Payload) : IModuleEvent
{
    // Not part of what is stored, nor of what it says.
    string IModuleEvent.Lane => string.Create(CultureInfo.InvariantCulture, $"{Peer:N}/{Topic}");
}
