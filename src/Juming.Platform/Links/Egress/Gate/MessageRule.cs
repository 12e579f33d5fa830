using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;

namespace Juming.Platform.Links.Egress.Gate;

/// <summary>What <c>egress.proto</c> says of a message: its number, its topic, the level at which it may leave.</summary>
internal sealed class MessageRule
{
    private static readonly FrozenDictionary<MessageDescriptor, MessageRule> ByMessage = UpwardMessages.All.ToFrozenDictionary(m => m, m => new MessageRule(m));
    private static readonly FrozenDictionary<int, MessageRule> ByType = ByMessage.Values.ToFrozenDictionary(r => r.Type);

    private readonly FieldDescriptor? _key;

    private MessageRule(MessageDescriptor message)
    {
        var options = message.GetOptions();
        Message = message;
        Type = (int)options.GetExtension(ClassesExtensions.MessageType);
        Topic = options.GetExtension(ClassesExtensions.TopicKind) == TopicKind.State ? Topics.State : Topics.Reports;
        Level = (int)options.GetExtension(ClassesExtensions.PolicyLevel);
        _key = message.Fields.InDeclarationOrder().FirstOrDefault(f => f.GetOptions()?.GetExtension(ClassesExtensions.IsKey) == true);
    }

    public MessageDescriptor Message { get; }

    /// <summary>Its number on the link.</summary>
    public int Type { get; }

    /// <summary>A number of <see cref="Topics"/>.</summary>
    public int Topic { get; }

    /// <summary>Lowest level of the policy at which it may leave.</summary>
    public int Level { get; }

    /// <summary>"SiteHealth".</summary>
    public string Name => Message.Name;

    /// <summary>All of them, by number.</summary>
    public static IEnumerable<MessageRule> All => ByType.Values.OrderBy(r => r.Type);

    /// <summary>The rule of a message; null when it is none that goes up.</summary>
    public static MessageRule? Of(IMessage message) => ByMessage.GetValueOrDefault(message.Descriptor);

    /// <summary>The rule of a number; null when this release does not know it.</summary>
    public static MessageRule? Of(int type) => ByType.GetValueOrDefault(type);

    /// <summary>What a message is about: its number, and the identity in its key field. Nothing that a producer could write.</summary>
    public string KeyOf(IMessage message)
    {
        var type = Type.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return _key?.Accessor.GetValue(message) is ByteString id ? type + "." + Convert.ToHexStringLower(id.Span) : type;
    }
}
