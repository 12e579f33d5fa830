namespace Juming.Platform.Notify.Data;

/// <summary>A notice as it was posted.</summary>
internal sealed class NoticeRow
{
    public required Guid Id { get; init; }
    public required string Code { get; init; }
    public required int Weight { get; init; }

    /// <summary>JSON of names and values.</summary>
    public required string Arguments { get; init; }

    /// <summary>JSON of names and values that stay inside.</summary>
    public required string Private { get; init; }
    public string? Path { get; init; }
    public string? SameAs { get; init; }

    /// <summary>JSON of identities.</summary>
    public required string People { get; init; }

    /// <summary>The only channel that it goes out on; null where rules decide.</summary>
    public Guid? ChannelId { get; init; }
    public required DateTimeOffset PostedAt { get; init; }

    /// <summary>Identity of what is asked with it; null when it only tells.</summary>
    public string? About { get; init; }

    /// <summary>JSON of the answers that a message may offer as buttons.</summary>
    public string? Answers { get; init; }

    /// <summary>JSON of how that what was asked ended; null while it is open.</summary>
    public string? Ended { get; set; }

    /// <summary>When its deliveries were planned; null while they are not.</summary>
    public DateTimeOffset? RoutedAt { get; set; }
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>Name of who did.</summary>
    public string? AcknowledgedBy { get; set; }
}

/// <summary>A person finds a notice in the console.</summary>
internal sealed class InboxRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid NoticeId { get; init; }
    public required Guid PersonId { get; init; }
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? ReadAt { get; set; }
}

/// <summary>A person's own one-time path of a notice; it lies in the vault until the deliveries to that person are over.</summary>
internal sealed class PathRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid NoticeId { get; init; }
    public required Guid PersonId { get; init; }
    public required Guid SecretId { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A way out.</summary>
internal sealed class ChannelRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required Channels.ChannelKind Kind { get; init; }
    public required bool Enabled { get; set; }

    /// <summary>JSON of the form's open fields.</summary>
    public required string Settings { get; set; }

    /// <summary>JSON: the form's secret fields to their identities in the vault.</summary>
    public required string Secrets { get; set; }

    /// <summary>Names of private values that may leave through it, separated by commas; "*" for all.</summary>
    public required string Reveal { get; set; }

    /// <summary>"zh-CN" or "en", for receivers that chose none.</summary>
    public required string Language { get; set; }

    /// <summary>Code of why the program switched it off; null when a person did or nobody.</summary>
    public string? StoppedBecause { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public Guid Stamp { get; set; } = Guid.CreateVersion7();

    /// <summary>When the other side last called in with a good signature; null when it never did.</summary>
    public DateTimeOffset? CalledAt { get; set; }
}

/// <summary>Which notices go to whom on which ways.</summary>
internal sealed class RuleRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required bool Enabled { get; set; }

    /// <summary>Codes, or their beginnings with a star, separated by commas; empty for all.</summary>
    public required string Codes { get; set; }
    public required int LeastWeight { get; set; }

    /// <summary>JSON, as <see cref="Rules.RuleBody"/>.</summary>
    public required string Body { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public Guid Stamp { get; set; } = Guid.CreateVersion7();
}

/// <summary>How a person is reached.</summary>
internal sealed class ContactRow
{
    public required Guid PersonId { get; init; }
    public required string Email { get; set; }
    public required string WeCom { get; set; }

    /// <summary>When the person showed that the WeCom account is theirs; null when they did not. Only then its presses count as the person's.</summary>
    public DateTimeOffset? WeComProvenAt { get; set; }

    /// <summary>"zh-CN", "en", or empty for the channel's.</summary>
    public required string Language { get; set; }
}

/// <summary>One message, to be sent or sent.</summary>
internal sealed class DeliveryRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Notice, channel and person: nobody is told the same twice on the same way. Unique.</summary>
    public required string Key { get; init; }
    public required Guid NoticeId { get; init; }
    public required Guid ChannelId { get; init; }

    /// <summary>Null for a channel that is a group.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>0 at once, 1 the next channel, 2 the leaders.</summary>
    public required int Step { get; init; }
    public required int Weight { get; init; }
    public required Delivery.DeliveryState State { get; set; }
    public int Attempts { get; set; }
    public required DateTimeOffset PlannedAt { get; init; }
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Last try that went over the wire under its own name.</summary>
    public DateTimeOffset? TriedAt { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public string? Failure { get; set; }

    /// <summary>What the other side said; attacker-controlled.</summary>
    public string? Detail { get; set; }

    /// <summary>What the other side calls the message, or the delivery whose summary carried it.</summary>
    public string? Reference { get; set; }
}
