using Google.Protobuf;

namespace Juming.Platform.Links.Egress.Gate;

/// <summary>
/// Decides what of a message may leave. The bytes that leave are those of a message that was read again without what its schema does not name, so that nothing
/// rides along in fields that nobody looks at.
/// </summary>
/// <param name="settings">The hour's budget.</param>
/// <param name="own">Know the customer's addresses.</param>
/// <param name="known">Know the domains that came from above.</param>
internal sealed class EgressGate(LinksSettings settings, IEnumerable<IOwnAddresses> own, IEnumerable<IKnownDomains> known)
{
    private readonly IReadOnlyList<IOwnAddresses> _own = [.. own];
    private readonly IReadOnlyList<IKnownDomains> _known = [.. known];

    /// <summary>False only in the test that shows what would leak without them.</summary>
    public bool UseDictionaries { get; init; } = true;

    /// <summary>A message that was judged.</summary>
    /// <param name="Rule">Its rule; null when it is none that goes up.</param>
    /// <param name="Key">What it is about.</param>
    /// <param name="Bytes">The bytes that may leave; empty when none may.</param>
    /// <param name="Labels">How many of them are words.</param>
    /// <param name="Smuggled">Bytes in fields that the schema does not name; they don't leave.</param>
    /// <param name="Reason">Why it may not leave; null when it may.</param>
    /// <param name="Field">The field that stands in the way.</param>
    public sealed record Judged(MessageRule? Rule, string Key, byte[] Bytes, int Labels, int Smuggled, string? Reason, string? Field);

    /// <summary>Judges a message.</summary>
    /// <param name="message">What a producer handed in.</param>
    /// <param name="level">The customer's policy.</param>
    /// <param name="spent">What left within this hour.</param>
    /// <param name="approver">Who released it; empty when nobody did.</param>
    public Judged Judge(IMessage message, int level, Budget spent, string approver = "")
    {
        if (MessageRule.Of(message) is not { } rule) return new Judged(null, "", [], 0, 0, "unknown-message", null);
        if (rule.Level > level) return Refused(rule, 0, "above-level", null);
        if (rule.Level >= PolicyLevels.ByHand && approver.Length == 0) return Refused(rule, 0, "not-released", null);
        var handed = message.ToByteArray();
        var clean = rule.Message.Parser.WithDiscardUnknownFields(true).ParseFrom(handed);
        var bytes = clean.ToByteArray();
        var smuggled = handed.Length - bytes.Length;
        var (field, reason, labels) = new FieldCheck(_own, _known, UseDictionaries).Of(clean);
        if (reason is not null) return Refused(rule, smuggled, reason, field);
        if (spent.Bytes + bytes.Length > settings.EgressBytesPerHour || spent.Labels + labels > settings.EgressLabelBytesPerHour) return Refused(rule, smuggled, "over-budget", null);
        return new Judged(rule, rule.KeyOf(clean), bytes, labels, smuggled, null, null);
    }

    private static Judged Refused(MessageRule rule, int smuggled, string reason, string? field) => new(rule, "", [], 0, smuggled, reason, field);
}

/// <summary>What left within an hour.</summary>
/// <param name="Hour">Hours since 1970 UTC.</param>
/// <param name="Bytes">Bytes of messages.</param>
/// <param name="Labels">How many of them were words.</param>
internal readonly record struct Budget(long Hour, long Bytes, long Labels)
{
    /// <summary>The hour of an instant.</summary>
    public static long HourOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 3600;

    /// <summary>With a message more.</summary>
    public Budget With(EgressGate.Judged message) => this with { Bytes = Bytes + message.Bytes.Length, Labels = Labels + message.Labels };
}
