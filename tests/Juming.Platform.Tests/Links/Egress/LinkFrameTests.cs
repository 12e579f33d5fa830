using Google.Protobuf.Reflection;
using Juming.Contracts.Link;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>
/// Frames of the link itself pass no gate: they say how far the two ends are, and carry what passed it. So that nothing slips in beside, all that a lower host can say in them
/// stands here; a new field is looked at before it is added.
/// </summary>
[Category("X3")]
public sealed class LinkFrameTests
{
    private static readonly string[] Known =
    [
        // Joining: the token's identity and secret, a request for a certificate, the release.
        "EnrolRequest.peer", "EnrolRequest.secret", "EnrolRequest.signing_request", "EnrolRequest.build", "RenewRequest.signing_request",
        "Hello.protocol_min", "Hello.protocol_max", "Hello.build", "Hello.boot_id", "Hello.time", "Hello.capabilities", "Heartbeat.time",
        // How far the two are, in numbers and hashes.
        "Ask.topic", "Position.topic", "Position.last", "Position.hash", "Position.marks_from", "Batch.topic", "Batch.first", "Batch.hash_after", "Ack.topic", "Ack.applied", "Ack.hash",
        "Probe.topic", "Probe.seq", "Mark.topic", "Mark.seq", "Mark.hash", "Branch.topic", "Branch.at", "Branch.hash", "Branch.answers_last", "Branch.answers_hash",
        "Lost.topic", "Lost.to", "Lost.hash", "Lost.answers_last", "Lost.answers_hash", "StatePosition.topic", "StatePosition.newest", "StatePosition.digest", "StatePosition.serial",
        "StateBatch.topic", "StateRange.after", "StateRange.up_to", "StateRange.serial", "StateRange.part", "StateAck.topic", "StateAck.newest", "StateAck.serial", "StateAck.part",
        // What passed the gate: keys that it made, and messages that it wrote.
        "Record.type", "Record.key", "Record.at", "Record.payload", "Record.damaged_digest", "StateItem.key", "StateItem.version", "StateItem.type", "StateItem.payload", "StateItem.at",
    ];

    [Test]
    public void A_lower_host_can_say_nothing_else_in_the_frames_of_a_link()
    {
        var files = new[] { LinkReflection.Descriptor, SessionReflection.Descriptor };
        var said = files.SelectMany(f => f.Services).SelectMany(s => s.Methods).SelectMany(m => Leaves(m.InputType, [])).Distinct().ToList();
        Assert.That(said, Is.EquivalentTo(Known));
    }

    private static IEnumerable<string> Leaves(MessageDescriptor message, HashSet<MessageDescriptor> seen) => !seen.Add(message) ? [] : message.Fields.InDeclarationOrder()
        .SelectMany(f => f.FieldType == FieldType.Message ? Leaves(f.MessageType, seen) : [$"{message.Name}.{f.Name}"]);
}
