using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;

namespace Juming.Platform.Links;

/// <summary>The messages that go up, by their number on the link. Whoever receives reads them here.</summary>
public static class UpwardMessages
{
    private static readonly FrozenDictionary<int, MessageDescriptor> ByType = EgressReflection.Descriptor.MessageTypes
        .Where(m => m.GetOptions()?.HasExtension(ClassesExtensions.MessageType) == true).ToFrozenDictionary(m => (int)m.GetOptions().GetExtension(ClassesExtensions.MessageType));

    /// <summary>All of them, by number.</summary>
    public static IEnumerable<MessageDescriptor> All => ByType.OrderBy(m => m.Key).Select(m => m.Value);

    /// <summary>Number of a message; 0 when it is none that goes up.</summary>
    public static int TypeOf(MessageDescriptor message) => ByType.FirstOrDefault(m => m.Value == message).Key;

    /// <summary>The instant that another host says, in microseconds since 1970; null for a number that is no instant of this program: not after 1970, or not before 2100.</summary>
    public static DateTimeOffset? InstantOf(long micros) => micros is > 0 and < 4_102_444_800_000_000 ? DateTimeOffset.UnixEpoch.AddMicroseconds(micros) : null;

    /// <summary>Reads a message.</summary>
    /// <param name="type">Its number.</param>
    /// <param name="payload">Its bytes; they come from another host.</param>
    /// <returns>The message, or null when this release does not know it or the bytes are none.</returns>
    public static IMessage? Read(int type, ReadOnlySpan<byte> payload)
    {
        if (!ByType.TryGetValue(type, out var message)) return null;
        try
        {
            return message.Parser.WithDiscardUnknownFields(true).ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
